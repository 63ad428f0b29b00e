"""Plays the saved histories anew into a folder: `make_histories.py FOLDER`. Those in `histories/` are never rewritten."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from fakes import FlakyGrader, Only, begun

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Evidence, Level, Ruling
from interviewer.domain.interview import Begun, Contested, Mode, Objection, Spoken
from interviewer.domain.language import Language
from interviewer.presentation.transcript_export import export_transcript
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.serialization import FORMAT_VERSION
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store


def coach(session: Session) -> None:
    session.hint()
    session.answer("it is put to sleep")
    session.run_due_and_wait()
    objection = Objection("off", Evidence(2, "put to sleep"), "asleep is off")
    session.record_result(lambda _: Contested("dropout", 1, objection))
    session.retry()
    session.answer("it is switched off, otherwise predictions are random")
    session.run_due_and_wait()
    session.move_on()
    session.repeat()
    session.skip()


def interview(session: Session) -> None:
    session.answer("it is switched off")
    session.answer("predictions would be noisy")
    session.answer("the batches would be correlated")
    session.run_due_and_wait()


def failing(session: Session) -> None:
    session.answer("关掉，否则结果随机")
    session.run_due_and_wait()
    session.regrade()
    session.run_due_and_wait()
    session.end()


def asked(session: Session) -> None:
    session.ask("Do you mean while it is used?")
    session.answer("it is switched off")
    session.ask("Why is what?")
    session.answer("predictions would be noisy")
    session.run_due_and_wait()
    session.end()


def spoken(session: Session) -> None:
    session.answer("it is switched off", spoken=Spoken("um it is switched of", 4.5, pauses=1))
    session.run_due_and_wait()
    session.end()


def ruled(session: Session) -> None:
    session.answer("it is put to sleep")
    session.run_due_and_wait()
    session.rule("dropout", 1, Ruling("off", Level.MET))
    session.rule("dropout", 1, Ruling("off", Level.PARTIAL, "Lin", "asleep is only half of it"))
    session.rule("dropout", 1, Ruling("random", Level.MET))
    session.rule("dropout", 1, Ruling("random", None))
    session.ask_second_opinion("dropout", 1)
    session.run_due_and_wait()
    session.move_on()
    session.answer("no idea")
    session.run_due_and_wait()
    session.self_mark(session.interview().current.question, 1, {})
    session.end()


def shipped(session: Session) -> None:
    while not session.interview().is_over:
        session.answer(session.interview().question.reference.zh)
    session.run_due_and_wait()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    whole = BankLibrary().bank("deep-learning")
    bank = replace(whole, questions=whole.questions[:2])
    plays: list[tuple[str, Begun, object]] = [
        ("coach", begun(), coach),
        ("interview", begun(Mode.INTERVIEW, probes=1), interview),
        ("failing", begun(language=Language.ZH), failing),
        ("asked", begun(Mode.INTERVIEW, probes=1), asked),
        ("spoken", begun(), spoken),
        ("ruled", begun(), ruled),
        ("shipped", make_plan(bank, count=2, mode=Mode.INTERVIEW, language=Language.ZH, seed=1), shipped),
    ]
    with tempfile.TemporaryDirectory() as temporary:
        store = Store(f"sqlite:///{temporary}/a.sqlite3")
        for name, first, play in plays:
            grader = FlakyGrader(failures=int(name == "failing"))
            session = SessionService(store, Only(grader)).begin("saved", first)
            play(session)  # type: ignore[operator]
            text = export_transcript(name, session.history(), "json", None, dict)
            (folder / f"v{FORMAT_VERSION}-{name}.json").write_text(text, encoding="utf-8")
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
