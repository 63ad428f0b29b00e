import ast
from pathlib import Path

from interviewer import errors
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import (
    BankError,
    DocumentError,
    InterviewerError,
    LLMError,
    LLMMalformed,
    NotAllowed,
    OutOfTurn,
    OverLimit,
    StoreError,
)
from interviewer.text.messages import localized, say


def test_an_error_is_told_in_the_language_of_its_reader() -> None:
    error = InterviewerError(Localized("坏了", "it is broken"))
    assert (str(error), error.into(Language.ZH), error.into(Language.EN)) == ("it is broken", "坏了", "it is broken")
    assert InterviewerError("as it is").into(Language.ZH) == "as it is"


def test_a_bank_error_names_file_place_and_cause_in_both_languages() -> None:
    error = BankError("a.yaml", Localized("第 3 行", "line 3"), Localized("没有题目", "has no question"))
    assert str(error) == error.into(Language.EN) == "a.yaml: line 3: has no question"
    assert error.into(Language.ZH) == "a.yaml：第 3 行：没有题目"
    assert BankError("a.yaml", "", "is empty").into(Language.ZH) == "a.yaml：is empty"


SHOWN = (LLMError, StoreError, DocumentError, NotAllowed, OutOfTurn, OverLimit)


def test_what_the_page_shows_of_an_error_is_never_one_language_inside_another() -> None:
    """An error of these kinds stands in sentences of both languages, so it is never raised with a text of one.

    The core's own errors are for programmers: the page never brings an interview into such a state.
    """
    shown = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SHOWN)}
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(errors.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path.parent.parent.name != "domain"
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in shown
        if any(isinstance(argument, ast.JoinedStr | ast.Constant) for argument in node.args[:1])
    ]
    assert found == []


def test_an_error_inside_a_sentence_is_in_the_language_of_the_sentence() -> None:
    inner = LLMMalformed(localized("llm.empty_reply"))
    told = localized("reply_fault.again", fault=localized("reply_fault.missing"), error=inner)
    assert told.zh == f"{say('reply_fault.missing', Language.ZH)}；{say('llm.empty_reply', Language.ZH)}"
    assert told.en == f"{say('reply_fault.missing', Language.EN)}; {say('llm.empty_reply', Language.EN)}"
