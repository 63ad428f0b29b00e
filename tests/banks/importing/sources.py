"""Files of questions in the plainest form there is, and a reader for them: `# topic`, `? question`, answers below."""

from dataclasses import replace

from interviewer.banks.importing.builder import bank_of
from interviewer.banks.importing.document import Block, Item, Role, Source, source
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Localized, Question

JAVA = """\
Thanks for reading.
# Collections
? How does a HashMap find the bucket of a key?
- It takes the hash code of the key.
- It spreads the high bits downwards.
- It masks the hash by the length of the table.
? What is the difference between ArrayList and LinkedList?
ArrayList keeps elements in an array. LinkedList chains nodes by pointers.
? Which list is faster?
# 并发
? 什么是死锁？
互斥；占有并等待；不可抢占；循环等待。
"""


def read(name: str, data: bytes) -> Source:
    items: list[Item] = []
    blocks: list[Block] = []
    topic = ""
    for number, line in enumerate(data.decode().splitlines(), start=1):
        mark, _, rest = line.partition(" ")
        if mark == "#":
            topic = rest
            blocks.append(Block(Role.TOPIC, number, number, line))
        elif mark == "?":
            blocks.append(Block(Role.QUESTION, number, number, line, len(items)))
            items.append(Item(rest, "", number, topic))
        elif items:
            last = items[-1]
            blocks.append(Block(Role.ANSWER, number, number, line, len(items) - 1))
            answer = f"{last.answer}\n{line}".strip()
            items[-1] = Item(last.question, answer, last.first_line, last.topic)
        else:
            blocks.append(Block(Role.LEFT_OUT, number, number, line, reason="stands before the first question"))
    return replace(source(name, "Java notes", tuple(items), tuple(blocks)), language=Language.EN)


def bank_by_lines(name: str, text: str) -> Bank:
    """A bank in which every line of an answer is a criterion, so that the rules of the compiler do not matter."""
    found = read(name, text.encode())
    return bank_of(found, id="net", compiled={item.digest: _by_lines(item) for item in found.items}).bank


def _by_lines(item: Item) -> Question:
    lines = [line.removeprefix("- ") for line in item.answer.splitlines()]
    criteria = tuple(Criterion(f"point-{n}", Localized(en=line)) for n, line in enumerate(lines, start=1))
    return Question("q", Localized(en=item.question), Localized(en=item.answer), criteria)
