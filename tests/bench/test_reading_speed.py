"""How fast a list of questions is read and imported, beside the parse alone: `pytest tests/bench/test_reading_speed.py -s`."""

import time
from pathlib import Path
from statistics import median

from markdown_it import MarkdownIt
from pytest_benchmark.fixture import BenchmarkFixture

from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.pipeline import Preview, preview
from interviewer.banks.loader import Library
from interviewer.domain.rubric import Language

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
    alone, library = parse_alone(), Library(None, tmp_path)

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
