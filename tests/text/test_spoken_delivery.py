from dataclasses import replace

from fakes import begun

from interviewer.domain.interview import Answered, Interview, Spoken, Unprobed, replay
from interviewer.text.spoken_delivery import delivery


def spoken(*said: Spoken | None) -> Interview:
    (first,) = said
    return replay([begun(), Answered("it is switched off", 20.0, first), Unprobed()])


def test_typed_answers_have_no_delivery() -> None:
    assert delivery(spoken(None)) is None


def test_an_english_answer_is_counted_in_words() -> None:
    found = delivery(spoken(Spoken("Um, you know, dropout is switched off.", 6.0, pauses=1)))
    assert found is not None
    assert (found.words, found.characters, found.is_chinese) == (7, 0, False)
    assert (found.pace, found.fillers, found.pauses) == (70, 2, 1)


def test_a_chinese_answer_is_counted_in_characters_and_its_terms_as_words() -> None:
    found = delivery(spoken(Spoken("嗯，dropout 要关掉，就是说不用。", 6.0)))
    assert found is not None
    assert (found.words, found.characters, found.is_chinese) == (1, 9, True)
    assert (found.pace, found.fillers) == (100, 2)


def test_words_that_only_sound_like_fillers_are_none() -> None:
    found = delivery(spoken(Spoken("那个参数是一种 umbrella term, the kind of error", 6.0)))
    assert found is not None
    assert found.fillers == 0


def test_words_in_no_time_at_all_have_no_pace() -> None:
    assert delivery(spoken(replace(Spoken("off", 1.0), seconds=0.0))) is None
