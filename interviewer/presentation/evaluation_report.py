"""A report written out: as text for a terminal, and as Markdown between two markers of a README."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from interviewer.domain.rubric import Language
from interviewer.evaluation import robustness
from interviewer.evaluation.metrics import Interval
from interviewer.evaluation.results import LEVELS, Report
from interviewer.evaluation.robustness import Resistance
from interviewer.presentation.plain_text import aligned, printable
from interviewer.text.messages import ALL, say

BEGIN = "<!-- grades: begin -->"
END = "<!-- grades: end -->"
_MARKED = re.compile(r"(<!-- grades: begin(?: (zh|en))? -->\n).*?" + re.escape(END), re.DOTALL)


def to_text(report: Report) -> str:
    """The report for a terminal."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    grader = printable(report.provenance or report.grader)
    yield f"{report.n} answers to {report.questions} questions, graded by {grader}"
    if report.ungraded:
        yield f"{report.ungraded} could not be graded and are in no figure"
    yield f"{report.needs_review} need a person's look"
    yield ""
    head = ["", "r", "rho", "RMSE", "MAE", "bias", "QWK", "accuracy", "macro-F1", "threshold"]
    graders = [list(asdict(one).values()) for one in (report.figures, *report.baselines)]
    yield from aligned([head, *([name, *map(_shown, values)] for name, *values in graders)], figures=True)
    threshold = f"fitted on {report.fitted_on}" if report.fitted_on else "given"
    yield f"qwk: {LEVELS} levels; accuracy and macro-F1: passing, at the threshold ({threshold}); labels at half"
    shown = [f"{name} {_between(interval, ' to ')}" for name, interval in report.intervals.items() if interval]
    if shown:
        yield f"95 % intervals, questions drawn anew: {', '.join(shown)}"
    for title, groups in (("kind", report.kinds), ("lang", report.langs), ("split", report.splits)):
        if groups:
            rows = [
                [printable(name), str(group.n), *map(_shown, (group.label, group.grade, group.pearson))]
                for name, group in groups.items()
            ]
            yield from ("", *aligned([[title, "n", "label", "grade", "r"], *rows], figures=True))
    if report.criteria:
        of = report.criteria
        told = f"n = {of.n}, accuracy {_shown(of.accuracy)}, macro-F1 {_shown(of.macro_f1)}"
        yield from ("", f"criterion by criterion, credited or not: {told}")
    speed = f", {report.answers_per_second:.0f} answers/s" if report.answers_per_second else ""
    tokens = f", {report.tokens} tokens" if report.tokens else ""
    yield from ("", f"{report.seconds:.1f} s{speed}{tokens}")


def to_markdown(report: Report, language: Language = Language.EN) -> str:
    """The report for a README: nothing in it depends on the machine or the time."""
    parts = [
        say("grades.part", language, name=_named(name, language), n=group.n, r=_shown(group.pearson))
        for name, group in {**report.splits, **report.langs}.items()
    ]
    head = say(
        "grades.head",
        language,
        n=report.n,
        questions=report.questions,
        grader=report.provenance,
        r=_shown(report.figures.pearson),
        between=_between(report.intervals["pearson"], "–"),
        parts=(", " if language is Language.EN else "，").join(parts) or "–",
    )
    figures = [
        [_named(one.name, language), *map(_shown, (one.pearson, one.rmse, one.qwk, one.macro_f1))]
        for one in (report.figures, *report.baselines)
    ]
    lines = [head, "", *_table([["", "r", "RMSE", "QWK", "macro-F1"], *figures])]
    if report.kinds:
        titles = [say(f"grades.{key}", language) for key in ("kind", "n", "label", "grade")]
        rows = [
            [_named(name, language), str(group.n), _shown(group.label), _shown(group.grade)]
            for name, group in report.kinds.items()
        ]
        lines += ["", *_table([titles, *rows])]
    if report.criteria:
        of = report.criteria
        told = say("grades.criteria", language, n=of.n, accuracy=_shown(of.accuracy), f1=_shown(of.macro_f1))
        lines += ["", told]
    return "\n".join(lines)


def resistance_to_text(measured: Resistance) -> str:
    """The figures of attacks for a terminal, a family and then its attacks."""
    grader = printable(measured.provenance or measured.grader)
    lines = [f"{measured.n} answers made from {measured.questions} questions of {measured.bank}, graded by {grader}"]
    if measured.ungraded:
        lines.append(f"{measured.ungraded} could not be graded and are in no figure")
    table = [["attack", "n", "success", "mean grade", "inflation", "95 % interval", "missed", "moved"]]
    for family, figures in measured.families.items():
        table.append(_attack(family.upper(), figures))
        table += [_attack(f"  {name}", single) for name, single in measured.attacks[family].items()]
    speed = f", {measured.answers_per_second:.0f} answers/s" if measured.answers_per_second else ""
    lines += [
        "",
        *aligned(table, figures=True),
        "",
        f"success: passes, above {robustness.PASS:.0%} of the scale; a claim turned round, at {robustness.PASS:.0%} or with any credit for its criterion",
        "inflation: what is gained over the same answer without the attack, or over nothing",
        "missed: earns no less than the answer that it makes worse; moved: mean absolute change of an honest answer",
        f"honest answers in a guise: {_shown(measured.drift, '+')} on average",
        "",
        f"{measured.seconds:.1f} s{speed}",
    ]
    return "\n".join(lines) + "\n"


def _attack(name: str, figures: robustness.Figures) -> list[str]:
    success, missed = ("–" if share is None else f"{share:.1%}" for share in (figures.success, figures.missed))
    change = [_shown(figures.inflation, "+"), _between(figures.interval, " to ", "+")]
    return [name, str(figures.n), success, _shown(figures.grade), *change, missed, _shown(figures.moved)]


def is_marked(text: str) -> bool:
    """Whether a text has the two markers between which a report is written."""
    return bool(_MARKED.search(text))


def spliced(text: str, report: Report) -> str:
    """The text with the report between its markers, in the language that the first of them names."""
    return _MARKED.sub(
        lambda found: f"{found[1]}{to_markdown(report, Language(found[2] or 'en'))}\n{END}", text, count=1
    )


def _named(name: str, language: Language) -> str:
    """The name of a kind, a split or a grader in words, where there are words for it."""
    key = f"grades.name_{name.replace('-', '_').replace(' ', '_')}"
    return say(key, language) if key in ALL else printable(name)


def _shown(value: float | None, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.2f}"


def _between(interval: Interval | None, to: str, sign: str = "") -> str:
    return f"{_shown(interval.low, sign)}{to}{_shown(interval.high, sign)}" if interval else "–"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table of Markdown, its first row the heads."""
    rule = ["---", *("--:" for _ in rows[0][1:])]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in (rows[0], rule, *rows[1:])]
