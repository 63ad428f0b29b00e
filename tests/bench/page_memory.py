"""Prints how much memory loads of the page take: `python tests/bench/page_memory.py 1000`."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

ROOT = Path(__file__).parent.parent.parent
FIRST = 100


def resident(process: int) -> float:
    """Megabytes that a process holds in memory."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) / 1024


def load(client: httpx2.Client, number: int, event: int) -> None:
    """What a browser does until the page stands: the page, then the event that fills it."""
    client.cookies.clear()
    assert client.get("/").status_code == 200
    session = f"bench{number}"
    wish = {"fn_index": event, "data": ["none"], "session_hash": session, "event_data": None}
    assert client.post("/gradio_api/queue/join", json=wish).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
        assert '"success":true' in "".join(answer.iter_text()).replace(" ", "")


def main(loads: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "INTERVIEWER_DATA_DIR": folder, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, str(ROOT / "app.py"), "--port", "0"]
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert address
            with httpx2.Client(base_url=address.group(), timeout=60) as client:
                events = client.get("/config").json()["dependencies"]
                event = next(one["id"] for one in events if any(target[1] == "load" for target in one["targets"]))
                begun = time.perf_counter()
                for number in range(loads):
                    load(client, number, event)
                    if number + 1 in (FIRST, loads):
                        print(f"{number + 1} loads: {resident(server.pid):.0f} MB, {time.perf_counter() - begun:.0f} s")
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
