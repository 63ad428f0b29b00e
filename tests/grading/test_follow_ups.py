import json
from dataclasses import replace
from typing import Any

import pytest
from fakes import BANK, DROPOUT

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Begun, Interview, Plan, Probed, replay
from interviewer.domain.rubric import Criterion, Group, Language
from interviewer.errors import LLMUnreachable
from interviewer.grading.follow_ups import choose_hint, choose_probe, faults_of_probe, word_probe
from interviewer.llm.scripted import ScriptedLLM

OFF = DROPOUT.criteria[0]
BARE = replace(DROPOUT, criteria=(replace(OFF, probe=None), *DROPOUT.criteria[1:]))


def answered(question: object = DROPOUT) -> Interview:
    bank = replace(BANK, questions=(question,), topics=None)
    return replay([Begun(bank, Plan(("dropout",), language=Language.EN, probes=2)), Answered("it would be random")])


def bare() -> Criterion:
    return BARE.criteria[0]


def worded(*script: Any) -> str:
    return word_probe(answered(BARE), bare(), ScriptedLLM(script))


def test_the_heaviest_lacking_point_is_asked_about_once() -> None:
    levels = {"off": Level.MISSING, "random": Level.PARTIAL}
    interview = answered()
    chosen = choose_probe(interview, levels)
    assert chosen
    assert chosen.id == "off"
    assert word_probe(interview, chosen, None) == OFF.probe.en  # type: ignore[union-attr]
    again = replay([Begun(interview.bank, interview.plan), Answered("a"), Probed("off", "?"), Answered("b")])
    chosen = choose_probe(again, levels)
    assert chosen
    assert chosen.id == "random"


def test_nothing_is_asked_where_all_is_said_or_nothing() -> None:
    assert choose_probe(answered(), {"off": Level.MET, "random": Level.MET}) is None
    assert (
        choose_probe(answered(), {}) is None
        or choose_probe(answered(), dict.fromkeys(["off", "random"], Level.MISSING)) is None
    )


def test_of_a_choice_no_more_is_asked_about_than_is_needed() -> None:
    members = tuple(replace(criterion, group="ways") for criterion in DROPOUT.criteria[:2])
    choice = replace(DROPOUT, groups=(Group("ways", 1),), criteria=(*members, *DROPOUT.criteria[2:]))
    enough = {"off": Level.MISSING, "random": Level.MET}
    assert choose_probe(answered(choice), enough) is None
    assert choose_hint(answered(choice), enough) is None
    chosen = choose_probe(answered(choice), {"off": Level.MISSING, "random": Level.PARTIAL})
    assert chosen
    assert chosen.id == "off"


def test_the_model_words_a_probe_where_the_bank_has_none() -> None:
    assert (
        worded(json.dumps({"question": "And what about its state at inference?"}))
        == "And what about its state at inference?"
    )


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"question": "Is it switched off?"}),
        json.dumps({"question": "What? Why?"}),
        json.dumps({"question": "x" * 130 + "?"}),
        json.dumps({"question": 7}),
        json.dumps({}),
        LLMUnreachable("gone"),
    ],
    ids=["leak", "two questions", "too long", "no text", "nothing", "no model"],
)
def test_a_probe_that_may_not_be_asked_becomes_a_neutral_one(line: Any) -> None:
    assert worded(line) == "Can you go one level deeper there?"


def test_without_a_model_the_neutral_probe_is_asked() -> None:
    assert word_probe(answered(BARE), bare(), None) == "Can you go one level deeper there?"


def test_a_criterion_without_aliases_is_guarded_by_its_text() -> None:
    no_aliases = replace(bare(), aliases=())
    assert faults_of_probe(DROPOUT, no_aliases, "Is it perhaps off then?")
    assert not faults_of_probe(DROPOUT, no_aliases, "What happens there?")


def test_hints_go_to_the_heaviest_point_that_is_lacking() -> None:
    interview = replay([Begun(BANK, Plan(("dropout",), language=Language.EN))])
    chosen = choose_hint(interview, {"off": Level.MET})
    assert chosen
    assert chosen[0].id == "random"
