import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import BANK, DROPOUT, FlakyGrader, GradeAs, both, grade
from graded_rows import ROW, marked, served, tasks
from model_server import MODEL, model_server

from interviewer.domain.grade import Evidence, Extra, Flag, Gap, Grade, Level, TokensSpent
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import BankError
from interviewer.evaluation import batch_grading
from interviewer.evaluation.batch_grading import Marked, Task
from interviewer.evaluation.openai_batch import request_line
from interviewer.evaluation.runner import attempt_of, grade_answers
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.sessions.serialization import grade_from_plain, grade_to_plain
from interviewer.settings import read_settings
from interviewer.wiring import grader_identity

ENDPOINT = Endpoint("http://model.example/v1", MODEL)


def test_an_answer_is_asked_in_its_own_language_and_else_in_that_of_the_run(tmp_path: Path) -> None:
    asked = [task.attempt.turns[0].text for task in tasks(tmp_path, language=Language.ZH)]
    assert asked == [DROPOUT.text.en, BANK.questions[1].text.zh, DROPOUT.text.zh, DROPOUT.text.en]


def test_a_failed_grading_is_no_grade_and_is_not_kept(tmp_path: Path) -> None:
    todo, kept = tasks(tmp_path), tmp_path / "kept.jsonl"
    first = marked(todo, FlakyGrader(failures=1), checkpoint=kept)
    assert (first[0].grade, first[0].score, first[0].failure) == (None, None, "the model is not there")
    assert first[0].needs_review
    again = FlakyGrader()
    second = marked(todo, again, checkpoint=kept)
    assert len(again.calls) == 1
    assert [one.failure for one in second] == ["", "", "", ""]
    assert second[1:] == first[1:]


def test_a_verdict_that_nobody_could_tell_makes_the_score_a_range(tmp_path: Path) -> None:
    [one] = marked(tasks(tmp_path, ROW), GradeAs(lambda _, attempt: grade(attempt, off=None)))
    assert one.score is not None
    assert (one.score.value, one.score.low, one.score.high) == (None, 0, pytest.approx(2 / 3))
    assert one.needs_review


def test_what_was_graded_before_a_run_was_stopped_is_not_graded_again(tmp_path: Path) -> None:
    todo, kept = tasks(tmp_path), tmp_path / "kept.jsonl"
    calls: list[str] = []

    def stopped(question: Question, attempt: Attempt) -> Grade:
        calls.append(question.id)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return LexicalGrader().grade(question, attempt)

    with pytest.raises(KeyboardInterrupt):
        marked(todo, GradeAs(stopped), checkpoint=kept, identity="n")
    rest = FlakyGrader()
    assert marked(todo, rest, checkpoint=kept, identity="n") == marked(todo, LexicalGrader())
    assert len(rest.calls) == 2
    other = [Task(task.answer, task.question, Language.ZH) for task in todo]
    for changed, name in ((todo, "m"), (other, "n")):
        again = FlakyGrader()
        marked(changed, again, checkpoint=kept, identity=name)
        assert len(again.calls) == 4


def test_a_grader_is_another_one_when_anything_that_it_grades_by_is() -> None:
    model = {"base_url": "http://model.example/v1", "model": "m"}
    changes = (
        {},
        {"model": "n"},
        {"base_url": "http://other.example/v1"},
        {"call_shape": "per_criterion"},
        {"votes": 3},
    )
    names = [grader_identity("llm", read_settings(**{**model, **change})) for change in changes]
    names.append(grader_identity("coverage", read_settings(**model)))
    assert len(set(names)) == len(names)
    assert names[0] == grader_identity("llm", read_settings(**model, model_concurrency=9))


def test_each_grade_is_kept_as_soon_as_it_is_known(tmp_path: Path) -> None:
    """Also where an earlier row takes longer."""
    todo, kept = tasks(tmp_path), tmp_path / "kept.jsonl"
    seen: list[int] = []

    def slow_first(question: Question, attempt: Attempt) -> Grade:
        if attempt.turns[1].text == ROW["answer"] and not seen:
            seen.append(0)
            for _ in range(2000):
                if kept.exists() and len(kept.read_text().splitlines()) == 3:
                    break
                time.sleep(0.005)
            else:
                raise TimeoutError
        return LexicalGrader().grade(question, attempt)

    assert marked(todo, GradeAs(slow_first), checkpoint=kept, threads=2) == marked(todo, LexicalGrader())


def test_a_grade_is_read_back_as_it_was_written() -> None:
    attempt = tasks_attempt("it is switched off")
    whole = replace(
        grade(attempt, off=Level.MET, random=None),
        flags=(Flag.UNREADABLE,),
        extras=(Extra(both("对", "right"), Evidence(1, "is")),),
        dispute=both("错", "wrong"),
        gaps=(Gap("random", both("因", "why"), both("说", "say")),),
        spent=TokensSpent(3, 4),
    )
    assert grade_from_plain(json.loads(json.dumps(grade_to_plain(whole)))) == whole


def tasks_attempt(text: str) -> Attempt:
    return attempt_of(DROPOUT, text)


# Batches.


def lines_of(
    todo: list[Task], endpoint: Endpoint = ENDPOINT, shape: CallShape = CallShape.ONE_CALL
) -> list[dict[str, Any]]:
    return [json.loads(request_line(*request)) for request in batch_grading.requests(todo, endpoint, shape)]


def said(line: dict[str, Any], content: str | None, finish: str = "stop", **message: object) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    body = {"object": "chat.completion", "model": MODEL, "choices": [choice]}
    return {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}


def verdicts(**levels: tuple[str, str]) -> str:
    """A reply with these levels and quotes, and everything else missing."""
    found = [
        {"id": c.id, "quote": quote, "reason": "so it is", "verdict": level}
        for c in DROPOUT.criteria
        for level, quote in [levels.get(c.id, ("missing", ""))]
    ]
    return json.dumps({"verdicts": found, "opening": "", "gaps": [], "extras": [], "dispute": ""})


def read_back(
    tmp_path: Path,
    todo: list[Task],
    *files: list[Any],
    shape: CallShape = CallShape.ONE_CALL,
    endpoint: Endpoint = ENDPOINT,
) -> list[Marked]:
    paths = []
    for number, lines in enumerate(files):
        paths.append(tmp_path / f"results{number}.jsonl")
        paths[-1].write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return list(grade_answers(todo, batch_grading.read_back(paths, todo, endpoint, shape)).graded)


@pytest.mark.parametrize("kind", ["", "vllm", "deepseek"])
@pytest.mark.parametrize("shape", list(CallShape))
def test_a_batch_asks_what_live_grading_asks_and_comes_to_the_same_grades(
    tmp_path: Path, shape: CallShape, kind: str
) -> None:
    todo = tasks(tmp_path)
    with model_server() as server:
        endpoint = Endpoint(server.url, MODEL, kind=kind)
        with OpenAICompatible(endpoint) as llm:
            live = marked(todo, LLMGrader(llm, shape))
        # A live reply comes in a stream, which a batch has none of.
        streaming = ("stream", "stream_options")
        asked = [{k: v for k, v in exchange.body.items() if k not in streaming} for exchange in server.exchanges]
        lines = lines_of(todo, endpoint, shape)
        assert [line["body"] for line in lines] == asked
        results = [served(line, server.url) for line in reversed(lines)]
    assert read_back(tmp_path, todo, results, shape=shape, endpoint=endpoint) == live
    assert live[0].score is not None
    assert live[0].score.value == 1


def test_a_request_is_in_the_format_and_has_an_id_of_its_own(tmp_path: Path) -> None:
    todo = tasks(tmp_path)
    one, other, twin = lines_of(todo)  # the blank answer needs no model
    assert list(one) == ["custom_id", "method", "url", "body"]
    assert (one["method"], one["url"], one["body"]["model"]) == ("POST", "/v1/chat/completions", MODEL)
    form = one["body"]["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert one["body"] == twin["body"]
    names = [line["custom_id"] for line in (one, other, twin)]
    assert len(set(names)) == 3
    assert all(
        len(name) <= 64 and name.replace("-", "").replace("_", "").isalnum() and name.isascii() for name in names
    )
    assert lines_of(todo) == [one, other, twin]
    per_point = lines_of(todo, shape=CallShape.PER_CRITERION)
    assert len({line["custom_id"] for line in per_point}) == len(per_point) == 2 * (4 + 1) + (1 + 1)


Result = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    "result, cause",
    [
        (lambda line: said(line, verdicts()[:-9], "length"), "cut off at the token limit"),
        (lambda line: said(line, "I think it is fine."), "no JSON object can be read"),
        (lambda line: said(line, None), "reply is empty"),
        (lambda line: said(line, None, refusal="I will not."), "the model declined to answer: I will not."),
        (lambda line: said(line, "", "content_filter"), "content filter held the reply back"),
        (lambda line: said(line, '{"verdicts": "all met"}'), "gave no verdict that can be read"),
        (
            lambda line: {"custom_id": line["custom_id"], "error": {"code": "batch_expired", "message": "too late"}},
            "the batch did not get to this request: too late",
        ),
        (
            lambda line: {
                "custom_id": line["custom_id"],
                "response": {"status_code": 400, "body": {"error": {"message": "bad schema"}}},
            },
            "refused the request (400); it says: bad schema",
        ),
        (
            lambda line: {
                "custom_id": line["custom_id"],
                "response": {"status_code": 200, "body": {"error": {"message": "provider is down"}}},
            },
            "it says: provider is down",
        ),
        (lambda line: {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": "?"}}, "no choices"),
        (lambda line: {"custom_id": line["custom_id"], "response": 5}, "did not get to this request"),
    ],
)
@pytest.mark.parametrize("shape", list(CallShape))
def test_what_is_no_usable_reply_gives_no_number(tmp_path: Path, result: Result, cause: str, shape: CallShape) -> None:
    todo = tasks(tmp_path, ROW)
    results = [result(line) for line in lines_of(todo, shape=shape)]
    [one] = read_back(tmp_path, todo, results, shape=shape)
    assert one.score is None
    if shape is CallShape.ONE_CALL:
        assert cause in one.failure
    assert one.failure


def test_a_result_that_is_not_there_is_a_failure_and_the_others_are_graded(tmp_path: Path) -> None:
    todo = tasks(tmp_path)
    lines = lines_of(todo)
    reply = verdicts(off=("met", "it is switched off"))
    found = read_back(tmp_path, todo, [said(lines[2], reply), said(lines[0], reply)])
    assert [bool(one.grade) for one in found] == [True, False, True, True]
    assert f"results0.jsonl has no result for {lines[1]['custom_id']}" in found[1].failure
    assert found[2].is_blank


def test_one_point_that_cannot_be_read_is_none_and_the_score_a_range(tmp_path: Path) -> None:
    todo = tasks(tmp_path, ROW)
    replies = [
        said(line, verdicts(off=("met", "it is switched off")))
        for line in lines_of(todo, shape=CallShape.PER_CRITERION)
    ]
    lines = lines_of(todo, shape=CallShape.PER_CRITERION)
    replies[1] = said(lines[1], '{"verdicts": [', "length")
    [one] = read_back(tmp_path, todo, replies, shape=CallShape.PER_CRITERION)
    assert one.grade is not None
    assert one.grade.verdict("random").level is None
    assert "cut off" in one.grade.verdict("random").reason.en
    assert one.score is not None
    assert (one.score.low, one.score.high) == (pytest.approx(2 / 3), 1)


def test_quotes_are_checked_as_in_live_grading_and_there_is_no_second_round(tmp_path: Path) -> None:
    todo = tasks(tmp_path, ROW)
    [line] = lines_of(todo)
    reply = verdicts(off=("met", "it is switched off"), random=("met", "nobody said this"), mc=("splendid", ""))
    [one] = read_back(tmp_path, todo, [said(line, reply)])
    assert one.grade is not None
    assert one.grade.verdict("off").level is Level.MET
    for name, fault in (("random", "its quote does not stand in the answer"), ("mc", "its verdict is none of")):
        verdict = one.grade.verdict(name)
        assert verdict.level is None
        assert fault in verdict.reason.en
        assert "in a batch a reply cannot be corrected" in verdict.reason.en
    assert Flag.UNREADABLE in one.grade.flags
    assert one.score is not None
    assert one.score.value is None


def test_a_request_that_failed_once_and_was_answered_once_is_answered(tmp_path: Path) -> None:
    todo = tasks(tmp_path, ROW)
    [line] = lines_of(todo)
    good = said(line, verdicts(off=("met", "it is switched off")))
    failed = {"custom_id": line["custom_id"], "response": None, "error": {"code": "batch_expired"}}
    for files in ([[failed], [good]], [[good], [failed]], [[good, good]], [[failed, good, good]]):
        [one] = read_back(tmp_path, todo, *files)
        assert one.score is not None
        assert one.score.value == pytest.approx(2 / 3)
    [one] = read_back(tmp_path, todo, [good], [said(line, verdicts())])
    assert one.score is None
    assert "there are different results" in one.failure
    assert "results0.jsonl line 1, results1.jsonl line 1" in one.failure


@pytest.mark.parametrize(
    "line, cause",
    [
        ({"custom_id": "ghost"}, "line 1: 'ghost' belong to no request"),
        ({"id": "x"}, "line 1: is no result of a batch: it has no custom_id"),
        ([], "line 1: is no object"),
    ],
)
def test_a_line_that_is_no_result_of_this_batch_is_an_error(tmp_path: Path, line: Any, cause: str) -> None:
    with pytest.raises(BankError) as error:
        read_back(tmp_path, tasks(tmp_path, ROW), [line])
    assert cause in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "It stays on."},
        {"id": "z"},
        {"lang": "zh"},
    ],
)
def test_a_result_is_used_for_nothing_but_its_own_request(tmp_path: Path, change: dict[str, str]) -> None:
    [line] = lines_of(tasks(tmp_path, ROW))
    result = said(line, verdicts(off=("met", "it is switched off")))
    with pytest.raises(BankError, match="belong to no request"):
        read_back(tmp_path, tasks(tmp_path, {**ROW, **change}), [result])
    with pytest.raises(BankError, match="belong to no request"):
        read_back(tmp_path, tasks(tmp_path, ROW), [result], endpoint=replace(ENDPOINT, model="other"))
