"""How fast a list of questions is read and imported, beside the parse alone: `pytest tests/bench/test_reading_speed.py -s`."""

import time
from pathlib import Path
from statistics import median

import pytest
from markdown_it import MarkdownIt
from pytest_benchmark.fixture import BenchmarkFixture

from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.pipeline import Preview, preview
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language

SHAPES = (
    "### {n}. What does part {n} of the system do?\n\nIt has `{n}` tasks, **in order**:\n\n- reading\n- writing\n\n",
    '<a name="q{n}"></a>\n### {n}.第{n}个模块为什么要缓存？\n答：因为读得多、写得少。<br />命中率约为 {n}%。\n\n',
    "### {n}. How is case {n} coded?\n\n```python\n# case {n}\nprint({n})\n```\n\n| a | b |\n|---|---|\n| {n} | x |\n\n",
    "### {n}. What is the bound in lemma {n}?\n\n$x_{n} < y^{n}$, see [the paper](https://example.org/{n}).\n\n> A quote.\n\n",
    "### {n}. What is printed?\n\n1. one\n2. two\n\n<details><summary>Answer</summary>\n\nThe number {n}.\n\n</details>\n\n",
)
QUESTIONS = 300


TEXT = "".join(SHAPES[n % len(SHAPES)].replace("{n}", str(n)) for n in range(1, QUESTIONS + 1))


def parse_alone() -> float:
    parser = MarkdownIt("commonmark").enable("table")
    parses = []
    for _ in range(5):
        start = time.perf_counter()
        parser.parse(TEXT)
        parses.append(time.perf_counter() - start)
    return median(parses)


def test_three_hundred_questions_of_mixed_shapes(benchmark: BenchmarkFixture) -> None:
    data, alone = TEXT.encode(), parse_alone()
    source = benchmark.pedantic(read, args=("list.md", data), rounds=5)
    assert len(source.items) == QUESTIONS
    assert all(item.answer for item in source.items)
    taken = benchmark.stats["median"]
    print(
        f"\n{QUESTIONS} questions, {len(data) // 1000} kB: read in {taken:.2f} s, "
        f"{taken / alone:.1f} times the parse of markdown-it alone"
    )


def test_three_hundred_questions_become_a_bank(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    alone, library = parse_alone(), BankLibrary(None, tmp_path)

    def imported() -> tuple[Preview, float]:
        start = time.perf_counter()
        shown = preview("list.md", TEXT.encode(), library=library, folder=tmp_path)
        made = time.perf_counter() - start
        shown.report(Language.EN)
        return shown, made

    shown, made = benchmark.pedantic(imported, rounds=1)
    assert len(shown.bank.questions) == QUESTIONS
    whole = benchmark.stats["median"]
    print(
        f"\n{QUESTIONS} questions, {shown.criteria} criteria: made into a bank in {made:.2f} s (aim 2), "
        f"{made / alone:.1f} times the parse alone; with the check of every rubric {whole:.2f} s"
    )


SUBJECTS = "缓存 索引 事务 线程 协议 队列 日志 分区 副本 网关 会话 页表 调度器 编译器 哈希表 跳表".split()
EFFECTS = (
    "减少磁盘访问 保证数据一致 降低请求延迟 节省内存 避免重复计算 减少上下文切换 提高读取吞吐量 缩短恢复时间".split()
)


def chinese_list(size: int) -> str:
    """A list of so many bytes in which every third answer is prose, labels or steps with code."""
    parts: list[str] = []
    length = number = 0
    while length < size:
        number += 1

        def claim(n: int) -> str:
            one, other = SUBJECTS[n % len(SUBJECTS)], SUBJECTS[(n * 7 + 3) % len(SUBJECTS)]
            return f"{one}在{other}满了以后会{EFFECTS[n % len(EFFECTS)]}，并且由{other}{EFFECTS[(n * 5 + 2) % len(EFFECTS)]}"

        answers = (
            "。".join(claim(number * 11 + n) for n in range(6)) + "。\n\n",
            "".join(f"- **{SUBJECTS[(number + n) % 16]}**：{claim(number + n)}。\n" for n in range(8)) + "\n",
            "".join(f"{n}. {claim(number * 3 + n)}\n" for n in range(1, 7)) + "\n```java\nint x = 1;\n```\n\n",
        )
        subject = SUBJECTS[number % len(SUBJECTS)]
        parts.append(
            f"### {number}. 第{number}种{subject}如何{EFFECTS[number % len(EFFECTS)]}？\n\n{answers[number % 3]}"
        )
        length += len(parts[-1].encode())
    return "".join(parts)


@pytest.mark.parametrize(("size", "aim"), [(150_000, 5), (1_000_000, 30)])
def test_a_long_chinese_list_is_read_compiled_and_checked(size: int, aim: int, tmp_path: Path) -> None:
    text = chinese_list(size)
    begun = time.process_time()
    shown = preview("list.md", text.encode(), library=BankLibrary(None, tmp_path), folder=tmp_path)
    made = time.process_time()
    checked: list[int] = []
    shown.check(lambda done, _total: checked.append(done))
    ended = time.process_time()
    assert checked == list(range(1, len(shown.bank.questions) + 1))
    print(
        f"\n{len(text.encode()) // 1000} kB, {len(shown.bank.questions)} questions, {shown.criteria} criteria: "
        f"made in {made - begun:.1f} CPU s, checked in {ended - made:.1f}, together {ended - begun:.1f} (aim {aim})"
    )
