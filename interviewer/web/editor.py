"""The bank editor: opens a bank, changes its questions, tries answers and saves it. Knows nothing of gradio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from interviewer.banks import drafts, editing
from interviewer.banks.drafts import DraftError, DraftQuestion, DraftText, Remark
from interviewer.banks.lint import Fault, by_question, lint
from interviewer.banks.loader import parse_bank
from interviewer.banks.rewriting import rewritten
from interviewer.domain.interview import Answered, Begun, Graded, Mode, Plan, Unprobed, replay
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.errors import BankError, InterviewerError
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.card import card
from interviewer.presentation.templating import render
from interviewer.text.messages import localized
from interviewer.web import editor_actions
from interviewer.web.bank_audience import audience_choice, audience_label
from interviewer.web.import_handlers import Importer
from interviewer.web.refusal import refusal

Reply = dict[str, Any]

# A longer bank is checked where it is opened question by question, and by the command.
_MOST_CHECKED = 300


@dataclass(frozen=True, slots=True)
class Editor:
    """Serves the editor's one address; the drafts are in the browser, nothing is kept here."""

    importer: Importer

    def answer(self, owner: str, sent: bytes) -> Reply:
        """What the page's script is told; `told` is HTML for the person, `faults` and `remarks` name their places."""
        try:
            action = editor_actions.EDITOR_ACTION.validate_json(sent)
        except ValidationError:
            return {"told": refusal("editor.not_understood", Language.EN)}
        language = action.language
        if not self.importer.may_save:
            return {"told": refusal("import.not_here", language)}
        try:
            return self._carry_out(owner, action)
        except DraftError as error:
            return {"faults": _places(error, language), "told": refusal("editor.unfinished", language)}
        except UnicodeEncodeError:
            return {"told": refusal("import.not_saved", language, localized("import.no_such_character"))}
        except InterviewerError as error:
            return {"told": refusal("editor.failed", language, error)}

    def _carry_out(self, owner: str, action: Any) -> Reply:  # noqa: C901, PLR0911 - one match
        language = action.language
        match action:
            case editor_actions.ListBanks():
                return {"html": self._banks(language)}
            case editor_actions.OpenImport(draft=name):
                draft = self.importer.drafts.get(name)
                if draft is None or draft.owner != owner:
                    return {"told": refusal("import.no_file", language)}
                checked = _checked(draft.bank, draft.faults, language)
                return self._opened(draft.yaml, draft.base, language) | {"checked": checked}
            case editor_actions.OpenBank(bank=name):
                text, base = self.importer.text_of(name)
                return self._opened(text, base, language)
            case editor_actions.OfText(do="open_text", text=text):
                return self._opened(text, "", language)
            case editor_actions.OfText(text=text):
                bank = parse_bank(text, "")
                faults = by_question(lint(bank)) if len(bank.questions) <= _MOST_CHECKED else {}
                return {"checked": _checked(bank, faults, language)}
            case editor_actions.WriteText(text=text, edits=edits):
                return {"text": _with_edits(text, edits)}
            case editor_actions.Save(text=text, base=base, edits=edits, audience=audience):
                whole = text if edits is None else _with_edits(text, edits)
                told, saved, version = self.importer.save(whole, base, language, audience)
                # What stands on the disk now, and what the next save starts from.
                return {"told": told} | ({"saved": saved, "text": whole, "base": version} if saved else {})
            case editor_actions.Change():
                sent = [drafts.read_draft(question) for question in action.questions]
                has_model = self.importer.models.choice(owner).endpoint is not None
                changed = _changed(action, sent)
                return {"questions": [_shown(one, action.bank, language, has_model=has_model) for one in changed]}
            case editor_actions.Look():
                return {"remarks": _remarks(drafts.read_draft(action.questions[0]), action.bank, language)}
            case editor_actions.Try():
                return {"card": self._card(owner, action)}
            case editor_actions.Stop(window=window, task=task):
                self.importer.stop(owner, window, task)
        return {}

    def _banks(self, language: Language) -> str:
        own, shelf = self.importer.library.own_banks(), self.importer.library.shelf
        places = reversed(shelf.places()) if shelf else ()
        seen = {one.id: audience_label(shelf, one.audience, language) for one in places} if shelf else {}
        return render("own_banks.html", language, banks=own, audiences=seen, removed=self.importer.removed())

    def _opened(self, text: str, base: str, language: Language) -> Reply:
        bank = parse_bank(text, "")
        topics = {topic: bank.topic_title(topic, language) for topic in (*(bank.topics or {}), *bank.used_topics)}
        is_bilingual = any(question.text.is_complete for question in bank.questions)
        about = {"id": bank.id, "language": bank.language, "is_bilingual": is_bilingual, "topics": topics}
        sketch = editor_actions.BankSketch(**about, policy=bank.policy)
        shown = [drafts.draft_of(question) for question in bank.questions]
        title, policy = (DraftText(zh=one.zh, en=one.en) if one else DraftText() for one in (bank.title, bank.policy))
        html = render(
            "editor.html",
            language,
            title=bank.title,
            sides=title.languages,
            policy_sides=_sides_of(sketch),
            rows=[_row(one, sketch) for one in shown],
            audience=audience_choice(self.importer.library, bank.id, language),
        )
        return {
            "text": text,
            "base": base,
            "bank": sketch.model_dump(mode="json"),
            "title": title.model_dump(),
            "policy": policy.model_dump() if policy else {},
            "questions": [draft.model_dump(mode="json") for draft in shown],
            "html": html,
        }

    def _card(self, owner: str, action: editor_actions.Try) -> str:
        question = drafts.finished(drafts.read_draft(action.questions[0]))
        bank, language = _bank_of(question, action.bank), action.language
        if not action.answer.strip():
            raise BankError("", "", localized("play.empty"))
        begun = Begun(bank, Plan((question.id,), Mode.COACH, action.bank.language))
        interview = replay([begun, Answered(action.answer), Unprobed()])
        if action.by_model:
            self.importer.models.take_call(owner)
        grader = self.importer.models.grader(owner) if action.by_model else LexicalGrader()
        grade = grader.grade(bank[question.id], interview.current, language)
        graded = replay([begun, Answered(action.answer), Unprobed(), Graded(question.id, 1, grade)])
        return card(graded, graded.current, language, level=4, is_titled=False)


def _row(draft: DraftQuestion, bank: editor_actions.BankSketch) -> dict[str, Any]:
    """What the list shows of a question."""
    both = (draft.text.zh, draft.text.en) if bank.language is Language.ZH else (draft.text.en, draft.text.zh)
    return {"id": draft.id, "text": next((one for one in both if one.strip()), ""), "draft": draft}


def _sides_of(bank: editor_actions.BankSketch) -> list[Language]:
    other = Language.EN if bank.language is Language.ZH else Language.ZH
    return [bank.language, other] if bank.is_bilingual else [bank.language]


def _sides(draft: DraftQuestion, bank: editor_actions.BankSketch, text: DraftText | None) -> list[Language]:
    """The languages of which a text has a field: those that it is in, or else that of its question."""
    if bank.is_bilingual:
        return _sides_of(bank)
    return (text.languages if text else []) or draft.text.languages[:1] or [bank.language]


def _shown(draft: DraftQuestion, bank: editor_actions.BankSketch, language: Language, *, has_model: bool) -> Reply:
    """A question with its form."""
    form = {"row": _row(draft, bank), "sides_of": partial(_sides, draft, bank), "has_model": has_model}
    html = render("editor_question.html", language, **form, is_open=True)
    return {"question": draft.model_dump(mode="json"), "html": html, "remarks": _remarks(draft, bank, language)}


def _changed(action: editor_actions.Change, sent: Sequence[DraftQuestion]) -> Sequence[DraftQuestion]:
    """The drafts that take the place of those that were sent."""
    one, language, place, at, taken = sent[0], action.bank.language, action.place, action.at, action.taken
    if action.what.endswith(("criterion", "criteria")) and place >= max(len(one.criteria), 1):
        return sent
    operations: dict[str, Callable[[], Sequence[DraftQuestion]]] = {
        "show": lambda: [drafts.with_new_groups(draft) for draft in sent],
        "add_criterion": lambda: [editing.add_criterion(one)],
        "remove_criterion": lambda: [editing.remove_criterion(one, place)],
        "move_criterion": lambda: [editing.move_criterion(one, place, action.by)],
        "split_criterion": lambda: [editing.split_criterion(one, place, language, at)],
        "merge_criteria": lambda: [editing.merge_criteria(one, place)],
        "suggest_criteria": lambda: [editing.suggest_criteria(one, language)],
        "add_question": lambda: [one, editing.new_question(one, taken)],
        "split_question": lambda: editing.split_question(one, language, at, taken),
        "merge_questions": lambda: [editing.merge_questions(*sent)] if len(sent) > 1 else [drafts.with_new_groups(one)],
    }
    return operations[action.what]()


def _bank_of(question: Question, sketch: editor_actions.BankSketch) -> Bank:
    return Bank(sketch.id, Localized.of(sketch.language, sketch.id), (question,), sketch.language, policy=sketch.policy)


def _remarks(draft: DraftQuestion, bank: editor_actions.BankSketch, language: Language) -> list[Reply]:
    """What is missing in a draft; where it is a question already, what the check says about it."""
    try:
        question = drafts.finished(draft)
    except DraftError as error:
        return _places(error, language)
    return [_place(remark, language) for remark in drafts.remarks_on(question, _bank_of(question, bank))]


def _places(error: DraftError, language: Language) -> list[Reply]:
    return [{"question": error.question, "fault": True, **_place(remark, language)} for remark in error.remarks]


def _place(remark: Remark, language: Language) -> Reply:
    return {"at": remark.at, "text": remark.into(language)}


def _checked(bank: Bank, faults: Mapping[str, Sequence[Fault]], language: Language) -> dict[str, list[Reply]]:
    """The remarks on every question that has some."""
    return {
        name: [_place(remark, language) for remark in drafts.placed(bank[name], found)]
        for name, found in faults.items()
    }


def _with_edits(text: str, edits: editor_actions.Edits) -> str:
    """The text of a bank file with what was edited in the form. Raises DraftError and BankError."""
    bank = parse_bank(text, "")
    changed = [drafts.finished(drafts.read_draft(sent)) for sent in edits.changed]
    known = {question.id for question in (*bank.questions, *changed)}
    order = [name for name in edits.order if name in known]
    policy = None if edits.policy is None else DraftText.model_validate(edits.policy)
    return rewritten(text, "", drafts.edited(bank, DraftText.model_validate(edits.title), policy, order, changed))
