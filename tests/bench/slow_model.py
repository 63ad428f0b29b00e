"""A lean model server in a process of its own: every request is answered after the same pause, all at once if need be.

`python slow_model.py PAUSE REPLY` prints its port; it shares neither interpreter nor lock with what is measured.
"""

import asyncio
import json
import sys


async def serve(pause: float, reply: str) -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": reply}}
    usage = {"prompt_tokens": 900, "completion_tokens": 200}
    body = json.dumps({"object": "chat.completion", "model": "slow", "choices": [choice], "usage": usage}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = request.lower().split(b"content-length:")[1:]
                await reader.readexactly(int(length[0].split(b"\r\n")[0]) if length else 0)
                await asyncio.sleep(pause if length else 0)
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2]))
