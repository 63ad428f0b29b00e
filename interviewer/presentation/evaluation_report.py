"""A report written out: as text for a terminal, and as Markdown between two markers of a README."""

import re
from dataclasses import asdict

from interviewer.domain.language import Language
from interviewer.evaluation.agreement_statistics import Interval
from interviewer.evaluation.label_agreement import LEVELS, Agreement, GroupFigures
from interviewer.evaluation.robustness.attack_report import PASS, AttackFigures, AttackReport
from interviewer.evaluation.ruling_agreement import RulingReport
from interviewer.presentation.plain_text import aligned, printable
from interviewer.presentation.templating import render
from interviewer.text.messages import ALL, say

BEGIN = "<!-- grades: begin -->"
END = "<!-- grades: end -->"
_MARKED = re.compile(r"(<!-- grades: begin(?: (zh|en))? -->\n).*?" + re.escape(END), re.DOTALL)


def to_text(report: Agreement) -> str:
    head = ["", "r", "rho", "RMSE", "MAE", "bias", "QWK", "accuracy", "macro-F1", "threshold"]
    graders = [list(asdict(one).values()) for one in (report.figures, *report.baselines)]
    intervals = [f"{name} {_between(one, ' to ')}" for name, one in report.intervals.items() if one]
    page = render(
        "evaluation_report.txt",
        Language.EN,
        report=report,
        levels=LEVELS,
        agreement=[head, *([name, *map(_shown, values)] for name, *values in graders)],
        intervals=", ".join(intervals),
        groups=[
            [[title, "n", "label", "grade", "r"], *map(_group, groups, groups.values())]
            for title, groups in (("kind", report.kinds), ("lang", report.langs), ("split", report.splits))
            if groups
        ],
        shown=_shown,
    )
    return str(page) + "\n"


def rulings_to_text(report: RulingReport) -> str:
    rows = [
        [
            f"{printable(one.question)} {printable(one.criterion)}".strip() or "all",
            str(one.n),
            _shown(one.same),
            _shown(one.kappa),
        ]
        for one in (report.all, *report.criteria)
    ]
    head = f"{report.answers} answers that people ruled on, graded anew by {printable(report.grader)}"
    failed = f"\n{report.ungraded} could not be graded and are in no figure" if report.ungraded else ""
    table = "\n".join(aligned([["criterion", "rulings", "same level", "kappa"], *rows], figures=True))
    return f"{head}{failed}\n\n{table}\n"


def _group(name: str, group: GroupFigures) -> list[str]:
    return [printable(name), str(group.n), *map(_shown, (group.label, group.grade, group.pearson))]


def to_markdown(report: Agreement, language: Language = Language.EN) -> str:
    """The report for a README: nothing in it depends on the machine or the time."""
    parts = [
        say("grades.part", language, name=_named(name, language), n=group.n, r=_shown(group.pearson))
        for name, group in {**report.splits, **report.langs}.items()
    ]
    page = render(
        "evaluation_report_markdown.txt",
        language,
        report=report,
        between=_between(report.intervals["pearson"], "–"),
        parts=(", " if language is Language.EN else "，").join(parts) or "–",
        named=lambda name: _named(name, language).replace("|", "/"),
        shown=_shown,
    )
    return str(page).rstrip()


def attacks_to_text(measured: AttackReport) -> str:
    """The figures of attacks for a terminal, a family and then its attacks."""
    table = [["attack", "n", "success", "mean grade", "inflation", "95 % interval", "missed", "moved"]]
    for family, figures in measured.families.items():
        table.append(_attack(family.upper(), figures))
        table += [_attack(f"  {name}", single) for name, single in measured.attacks[family].items()]
    drift, passing = _shown(measured.drift, "+"), f"{PASS:.0%}"
    page = render("attack_report.txt", Language.EN, measured=measured, table=table, drift=drift, passing=passing)
    return str(page) + "\n"


def _attack(name: str, figures: AttackFigures) -> list[str]:
    success, missed = ("–" if share is None else f"{share:.1%}" for share in (figures.success, figures.missed))
    change = [_shown(figures.inflation, "+"), _between(figures.interval, " to ", "+")]
    return [name, str(figures.n), success, _shown(figures.grade), *change, missed, _shown(figures.moved)]


def is_marked(text: str) -> bool:
    """Whether a text has the two markers between which a report is written."""
    return bool(_MARKED.search(text))


def spliced(text: str, report: Agreement) -> str:
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
