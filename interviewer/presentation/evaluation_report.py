"""A report written out: as text for a terminal, and as Markdown between two markers of a README."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from interviewer.domain.rubric import Language
from interviewer.evaluation.agreement import LEVELS, Agreement, AgreementFigures, CriterionFigures, GroupFigures
from interviewer.evaluation.metrics import Interval
from interviewer.evaluation.robustness.attack_report import PASS, AttackFigures, AttackReport
from interviewer.presentation.exports import printable
from interviewer.text.messages import ALL, say

BEGIN = "<!-- grades: begin -->"
END = "<!-- grades: end -->"
_MARKED = re.compile(r"(<!-- grades: begin(?: (zh|en))? -->\n).*?" + re.escape(END), re.DOTALL)


def to_text(report: Agreement) -> str:
    """The report for a terminal."""
    head = f"{report.n} answers to {report.questions} questions, graded by {report.provenance or report.grader}"
    lines = [head]
    if report.ungraded:
        lines.append(f"{report.ungraded} could not be graded and are in no figure")
    if report.ranges:
        lines.append(f"{report.ranges} have a point that nobody could tell, so only a range, and are in no figure")
    lines.append(f"{report.needs_review} need a person's look")
    threshold = f"fitted on {report.fitted_on}" if report.fitted_on else "given"
    lines += ["", *_aligned(_agreement_table(report))]
    lines.append(
        f"qwk: {LEVELS} levels; accuracy and macro-F1: passing, at the threshold ({threshold}); labels at half"
    )
    shown = [f"{name} {_between(interval)}" for name, interval in report.intervals.items() if interval]
    if shown:
        lines.append(f"95 % intervals, questions drawn anew: {', '.join(shown)}")
    for title, groups in (("kind", report.kinds), ("lang", report.langs), ("split", report.splits)):
        if groups:
            lines += ["", *_aligned(_group_table(title, groups))]
    if report.criteria:
        lines += ["", f"criterion by criterion, credited or not: {_criteria_text(report.criteria)}"]
    speed = f", {report.answers_per_second:.0f} answers/s" if report.answers_per_second else ""
    tokens = f", {report.tokens} tokens" if report.tokens else ""
    lines += ["", f"{report.seconds:.1f} s{speed}{tokens}"]
    return "\n".join(lines) + "\n"


def to_markdown(report: Agreement, language: Language = Language.EN) -> str:
    """The report for a README: nothing in it depends on the machine or the time."""
    interval = report.intervals["pearson"]
    between = f"{_shown(interval.low)}–{_shown(interval.high)}" if interval else "–"
    groups = ", " if language is Language.EN else "，"
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
        between=between,
        parts=groups.join(parts) or "–",
    )
    figures = [
        [_named(one.name, language), *map(_shown, (one.pearson, one.rmse, one.qwk, one.macro_f1))]
        for one in (report.figures, *report.baselines)
    ]
    lines = [head, "", *_markdown([["", "r", "RMSE", "QWK", "macro-F1"], *figures])]
    if report.kinds:
        titles = [say(f"grades.{key}", language) for key in ("kind", "n", "label", "grade")]
        rows = [
            [_named(name, language), str(group.n), _shown(group.label), _shown(group.grade)]
            for name, group in report.kinds.items()
        ]
        lines += ["", *_markdown([titles, *rows])]
    if report.criteria:
        of = report.criteria
        told = say("grades.criteria", language, n=of.n, accuracy=_shown(of.accuracy), f1=_shown(of.macro_f1))
        lines += ["", told]
    return "\n".join(lines)


def _named(name: str, language: Language) -> str:
    """The name of a kind, a split or a grader in words, where there are words for it."""
    key = f"grades.name_{name.replace('-', '_').replace(' ', '_')}"
    return say(key, language) if key in ALL else printable(name)


def attacks_to_text(measured: AttackReport) -> str:
    """The figures of attacks for a terminal, a family and then its attacks."""
    lines = [
        f"{measured.n} answers made from {measured.questions} questions of {measured.bank}, graded by {measured.provenance or measured.grader}"
    ]
    if measured.ungraded:
        lines.append(f"{measured.ungraded} could not be graded and are in no figure")
    if measured.ranges:
        lines.append(f"{measured.ranges} have a point that nobody could tell, so only a range, and are in no figure")
    table = [["attack", "n", "success", "mean grade", "inflation", "95 % interval", "missed", "moved"]]
    for family, figures in measured.families.items():
        table.append(_attack_row(family.upper(), figures))
        table += [_attack_row(f"  {name}", single) for name, single in measured.attacks[family].items()]
    lines += ["", *_aligned(table), ""]
    lines += [
        f"success: passes, above {PASS:.0%} of the scale; a claim made false (swapped), at {PASS:.0%} or with any credit for its criterion",
        "inflation: what is gained over the same answer without the attack, or over nothing",
        "missed: earns no less than the answer that it makes worse; moved: mean absolute change of an honest answer",
        f"honest answers in a guise: {_signed(measured.drift)} on average",
    ]
    speed = f", {measured.answers_per_second:.0f} answers/s" if measured.answers_per_second else ""
    return "\n".join([*lines, "", f"{measured.seconds:.1f} s{speed}"]) + "\n"


def is_marked(text: str) -> bool:
    """Whether a text has the two markers between which a report is written."""
    return bool(_MARKED.search(text))


def spliced(text: str, report: Agreement) -> str:
    """The text with the report between its markers, in the language that the first of them names."""
    return _MARKED.sub(
        lambda found: f"{found[1]}{to_markdown(report, Language(found[2] or 'en'))}\n{END}", text, count=1
    )


def _agreement_table(report: Agreement) -> list[list[str]]:
    head = ["", "r", "rho", "RMSE", "MAE", "bias", "QWK", "accuracy", "macro-F1", "threshold"]
    return [head, *(_agreement_row(figures) for figures in (report.figures, *report.baselines))]


def _agreement_row(figures: AgreementFigures) -> list[str]:
    plain = asdict(figures)
    return [figures.name, *(_shown(value) for name, value in plain.items() if name != "name")]


def _attack_row(name: str, figures: AttackFigures) -> list[str]:
    interval = f"{_signed(figures.interval.low)} to {_signed(figures.interval.high)}" if figures.interval else "–"
    success, missed = ("–" if share is None else f"{share:.1%}" for share in (figures.success, figures.missed))
    return [
        name,
        str(figures.n),
        success,
        _shown(figures.grade),
        _signed(figures.inflation),
        interval,
        missed,
        _shown(figures.moved),
    ]


def _group_table(title: str, groups: Mapping[str, GroupFigures]) -> list[list[str]]:
    rows = [
        [printable(name), str(group.n), _shown(group.label), _shown(group.grade), _shown(group.pearson)]
        for name, group in groups.items()
    ]
    return [[title, "n", "label", "grade", "r"], *rows]


def _criteria_text(criteria: CriterionFigures) -> str:
    return f"n = {criteria.n}, accuracy {_shown(criteria.accuracy)}, macro-F1 {_shown(criteria.macro_f1)}"


def _between(interval: Interval) -> str:
    return f"{_shown(interval.low)} to {_shown(interval.high)}"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _markdown(table: Sequence[Sequence[str]]) -> list[str]:
    head, *rows = table
    rule = ["---", *("--:" for _ in head[1:])]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in (head, rule, *rows)]
