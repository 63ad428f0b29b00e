from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError, InterviewerError


def test_an_error_is_told_in_the_language_of_its_reader() -> None:
    error = InterviewerError(Localized("坏了", "it is broken"))
    assert (str(error), error.into(Language.ZH), error.into(Language.EN)) == ("it is broken", "坏了", "it is broken")
    assert InterviewerError("as it is").into(Language.ZH) == "as it is"


def test_a_bank_error_names_file_place_and_cause_in_both_languages() -> None:
    error = BankError("a.yaml", Localized("第 3 行", "line 3"), Localized("没有题目", "has no question"))
    assert str(error) == error.into(Language.EN) == "a.yaml: line 3: has no question"
    assert error.into(Language.ZH) == "a.yaml：第 3 行：没有题目"
    assert BankError("a.yaml", "", "is empty").into(Language.ZH) == "a.yaml：is empty"
