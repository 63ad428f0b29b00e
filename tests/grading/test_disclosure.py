from collections import Counter

import pytest
from planted_leaks import PLANTED, QUESTION, SAID

from interviewer.domain.language import Language
from interviewer.grading.disclosure import disclosed, leaks


def test_at_least_forty_leaks_of_every_form_are_planted_in_both_languages() -> None:
    assert len(PLANTED) >= 40
    forms = {"verbatim", "inflected", "translated", "synonym", "spelled_out", "claim"}
    assert set(Counter((language, form) for language, form, _ in PLANTED)) == {
        (language, form) for language in Language for form in forms
    }


@pytest.mark.parametrize("language, form, text", PLANTED)
def test_a_criterion_is_known_in_whatever_form_it_is_said(language: Language, form: str, text: str) -> None:
    assert disclosed(QUESTION, text, [SAID[language]])


@pytest.mark.parametrize(
    "text",
    [
        "What else would you look at before changing anything?",
        "Which curve tells you that?",
        "How would you notice it on a new task?",
        "What if there are no more images to flip?",
        "Why does the loss rise there?",
        "还有别的办法吗？",
        "你会先看哪条曲线？",
        "如果图片不能翻转呢？",
        "为什么损失会先降后升？",
    ],
)
def test_what_asks_for_more_gives_nothing_away(text: str) -> None:
    assert disclosed(QUESTION, text, list(SAID.values())) == []


def test_what_the_candidate_or_the_question_says_is_no_secret() -> None:
    asked = "What does data augmentation do to the validation loss?"
    assert disclosed(QUESTION, asked)
    assert disclosed(QUESTION, asked, ["I would use data augmentation"]) == []
    assert disclosed(QUESTION, "Does the validation loss rise?") == []


def test_a_criterion_without_aliases_is_guarded_by_its_text() -> None:
    from dataclasses import replace

    from fakes import DROPOUT

    no_aliases = replace(DROPOUT.criteria[0], aliases=())
    assert leaks(DROPOUT, no_aliases, "Is it perhaps off then?")
    assert not leaks(DROPOUT, no_aliases, "What happens there?")
