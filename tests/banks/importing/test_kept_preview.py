from pathlib import Path

from interviewer.banks.importing.kept_preview import preview_from_json, preview_to_json
from interviewer.banks.importing.pipeline import preview, save
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.errors import LLMRefused
from interviewer.llm.scripted import ScriptedLLM
from interviewer.text.messages import localized

LIST = "## What is a stack?\n\nAnswer: A stack gives back first what was pushed last.\n\n## And now?\n\n[top](#top)\n"


def test_another_process_shows_what_one_has_made_word_for_word(tmp_path: Path) -> None:
    library = BankLibrary(None, tmp_path)
    refused = LLMRefused(localized("call.stopped"))
    for text in (LIST, LIST.replace("first", "at first")):  # a new bank, then one that was imported before
        llm = ScriptedLLM(lambda _: refused)
        made = preview("list.md", text.encode(), library=library, folder=tmp_path, llm=llm, references=1)
        kept = preview_from_json(preview_to_json(made), library, tmp_path)
        assert kept == made
        for language in Language:
            assert kept.report(language) == made.report(language)
        save(kept)
    assert made.changes
    assert made.notes
    assert made.before
