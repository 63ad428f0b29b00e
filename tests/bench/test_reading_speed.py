"""How fast a list of questions is read, beside the parse alone: `python -m pytest tests/bench/test_reading_speed.py -s`."""

import time
from statistics import median

from markdown_it import MarkdownIt
from pytest_benchmark.fixture import BenchmarkFixture

from interviewer.reading import read

SHAPES = (
    "### {n}. What does part {n} of the system do?\n\nIt has `{n}` tasks, **in order**:\n\n- reading\n- writing\n\n",
    '<a name="q{n}"></a>\n### {n}.第{n}个模块为什么要缓存？\n答：因为读得多、写得少。<br />命中率约为 {n}%。\n\n',
    "### {n}. How is case {n} coded?\n\n```python\n# case {n}\nprint({n})\n```\n\n| a | b |\n|---|---|\n| {n} | x |\n\n",
    "### {n}. What is the bound in lemma {n}?\n\n$x_{n} < y^{n}$, see [the paper](https://example.org/{n}).\n\n> A quote.\n\n",
    "### {n}. What is printed?\n\n1. one\n2. two\n\n<details><summary>Answer</summary>\n\nThe number {n}.\n\n</details>\n\n",
)
QUESTIONS = 300


def test_three_hundred_questions_of_mixed_shapes(benchmark: BenchmarkFixture) -> None:
    text = "".join(SHAPES[n % len(SHAPES)].replace("{n}", str(n)) for n in range(1, QUESTIONS + 1))
    data = text.encode()
    parser = MarkdownIt("commonmark").enable("table")
    parses = []
    for _ in range(5):
        start = time.perf_counter()
        parser.parse(text)
        parses.append(time.perf_counter() - start)
    source = benchmark.pedantic(read, args=("list.md", data), rounds=5)
    assert len(source.items) == QUESTIONS
    assert all(item.answer for item in source.items)
    taken = benchmark.stats["median"]
    print(
        f"\n{QUESTIONS} questions, {len(data) // 1000} kB: read in {taken:.2f} s, "
        f"{taken / median(parses):.1f} times the parse of markdown-it alone"
    )
