"""What a file of questions would become, as HTML: what was found, what was not and why, every question with its points."""

import json
from collections.abc import Sequence

from interviewer.banks.importing.import_report import FileBlock, ImportedQuestion, ImportReport
from interviewer.banks.importing.pipeline import Preview
from interviewer.domain.rubric import Bank, Language
from interviewer.presentation.markup import escaped
from interviewer.text.messages import ALL, say
from interviewer.web.guard import LARGEST_BODY

# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400
# Bytes of JSON, in which the text comes back to be saved.
_LONGEST_EDITED = LARGEST_BODY - 10_000


def preview_html(shown: Preview, language: Language) -> str:
    """What was found, what was not and why, and every question with its points."""
    report = shown.report(language)
    title = say(_heading(shown), language, title=shown.bank.title.into(language), id=shown.bank.id)
    counts = say("import.counts", language, questions=len(shown.bank.questions), criteria=shown.criteria)
    parts = [f'<div class="card"><h2>{escaped(title)}</h2><p class="score"><strong>{counts}</strong></p>']
    parts += [f'<p class="flag">{escaped(note)}</p>' for note in report.notes]
    if is_too_long_to_edit(shown.yaml):
        parts.append(f'<p class="flag">{say("import.too_long_to_edit", language)}</p>')
    parts.append(_changes(report))
    parts.append(_entries(say("import.left_out", language, count=len(report.left_out)), report.left_out, is_open=True))
    parts += [_questions(report.questions, shown.bank, language), _accounted(report), "</div>"]
    return "".join(parts)


def _heading(shown: Preview) -> str:
    if shown.is_new:
        return "import.found"
    if shown.is_same:
        return "import.unchanged"
    return "import.update" if shown.source else "import.replaces"


def _changes(report: ImportReport) -> str:
    if not report.changes:
        return ""
    items = "".join(f"<li>{escaped(change)}</li>" for change in report.changes)
    return f"<h3>{say('import.changes', report.language)}</h3><ul>{items}</ul>"


def _questions(asked: Sequence[ImportedQuestion], bank: Bank, language: Language) -> str:
    items = []
    for one in asked[:_MOST_SHOWN]:
        points = "".join(
            f'<li>{escaped(criterion.text.into(language))} <span class="tag">{escaped(_made(criterion.made, language))}</span></li>'
            for criterion in bank[one.id].criteria
        )
        doubts = f'<p class="flag">{escaped(one.doubts)}</p>' if one.doubts else ""
        faults = "".join(f'<p class="quiet">{escaped(fault)}</p>' for fault in one.faults)
        sign = f' <span class="tag">{say("import.to_look_at", language)}</span>' if one.doubts or one.faults else ""
        reference = f'<p class="reference" dir="auto">{escaped(bank[one.id].reference.into(language))}</p>'
        items.append(
            f"<details><summary>{escaped(one.text)}{sign}</summary>{reference}<ul>{points}</ul>{doubts}{faults}</details>"
        )
    more = len(asked) - len(items)
    rest = f"<p>{say('import.more', language, count=more)}</p>" if more > 0 else ""
    return f"<h3>{say('import.questions', language)}</h3>{''.join(items)}{rest}"


def _made(how: str, language: Language) -> str:
    """How a criterion was made, in words where there are words for it."""
    key = f"made.{how.replace(' ', '_')}"
    return say(key, language) if key in ALL else how


def _accounted(report: ImportReport) -> str:
    language = report.language
    if not report.blocks:
        return ""
    counts = "".join(
        f"<li>{escaped(say('import.block_line', language, role=role, blocks=blocks, lines=lines))}</li>"
        for role, blocks, lines in report.counts
    )
    title = say("import.all_blocks", language)
    return f"<h3>{say('import.blocks', language)}</h3><ul>{counts}</ul>" + _entries(title, report.blocks, is_open=False)


def _entries(title: str, entries: Sequence[FileBlock], *, is_open: bool) -> str:
    if not entries:
        return ""
    rows = "".join(
        f"<tr><td>{escaped(entry.lines)}</td><td>{escaped(entry.begins)}</td><td>{escaped(entry.reason)}</td></tr>"
        for entry in entries[:_MOST_SHOWN]
    )
    more = f'<tr><td colspan="3">+ {len(entries) - _MOST_SHOWN}</td></tr>' if len(entries) > _MOST_SHOWN else ""
    opened = " open" if is_open else ""
    return f'<details{opened}><summary>{escaped(title)}</summary><table class="topics">{rows}{more}</table></details>'


def is_too_long_to_edit(yaml: str) -> bool:
    return len(json.dumps(yaml, ensure_ascii=False).encode()) > _LONGEST_EDITED
