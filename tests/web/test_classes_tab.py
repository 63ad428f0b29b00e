"""Classes on the page: what a coach and candidates do there, and that nobody else can do or see any of it."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from class_people import ADMIN, COACH, HOST, OTHER_COACH, People, signing_in
from fastapi import FastAPI
from page_visitor import Visitor, read
from starlette.testclient import TestClient

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Ruled
from interviewer.sessions.assignments import list_tasks
from interviewer.sessions.classes import find_class, hand_over_class, list_classes, list_members
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.permissions import Access
from interviewer.sessions.stored_banks import StoredBank
from interviewer.sessions.tables import assigned_interviews, assignments, class_members, classes, coach_notes
from interviewer.settings import read_settings
from interviewer.web.server import make_app

ANN, BOB, FOREIGN = "ann", "bob", "eve"
ANSWER = "It would all fold up into a single matrix and nothing else."
NOTE = "Say why depth alone adds nothing."


class School(People):
    """A class of Ms Li with Ann and Bob in it, an assignment that Ann did, and an answer that she gave for herself."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        super().__init__(app, client, ANN, BOB, FOREIGN)
        self.classroom, self.link = self.make_class("Deep <b>learning</b>", ANN, BOB)
        bank = {"classroom": self.classroom, "bank": "deep-learning", "mode": "coach", "due_on": "2026-12-24"}
        self[COACH].does(do="assign", title="Week one", questions=[FIRST], **bank)
        (task,) = list_tasks(self.service.store, self.owner(ANN))
        self.assignment = task.assignment.id
        begun = self[ANN].asks(do="begin_assignment", assignment=self.assignment)
        self.assigned = self.plays(ANN, begun)
        self.private = self.plays(ANN, self[ANN].asks(do="practise", questions=[f"deep-learning/{FIRST}"]))

    def plays(self, name: str, begun: dict[str, Any]) -> str:
        interview: str = begun["browserstate"]
        self[name].page.send(interview, begun["place"], ANSWER, name)
        session = self.service.resume(interview, None)
        session.run_due_and_wait(seconds=30)
        session.end()
        return interview

    def rows(self) -> list[Any]:
        """Everything that is kept of classes, and every ruling."""
        store = self.service.store
        with store.database.read() as connection:
            kept = [
                list(connection.execute(sa.select(table)))
                for table in (classes, class_members, assignments, assigned_interviews, coach_notes)
            ]
        return [*kept, self.rulings(self.assigned), self.rulings(self.private)]

    def rulings(self, interview: str) -> list[Ruled]:
        events = (recorded.event for recorded in self.service.store.history(interview))
        return [event for event in events if isinstance(event, Ruled)]


FIRST = "nonlinearity"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with signing_in(tmp_path_factory.mktemp("school"), School) as school:
        yield school


def test_the_invitation_asks_first_and_says_what_the_coach_will_see(school: School) -> None:
    visitor = school[FOREIGN].client
    page = visitor.get(school.link, headers={"Accept-Language": "zh"}).text
    assert COACH in page
    assert "作业之外的练习只有你自己看得到" in page
    assert "Deep <b>" not in page
    assert list_tasks(school.service.store, school.owner(FOREIGN)) == []
    assert visitor.post(school.link, data={"token": "another"}).status_code == 404
    assert visitor.get("/join/guessed").status_code == 410
    del visitor.headers["X-User"]
    assert visitor.get(school.link).headers["location"].startswith("/sign-in?next=%2Fjoin")


def test_a_coach_is_no_candidate_of_the_own_class(school: School) -> None:
    coach = school[COACH].client
    page = coach.get(school.link, headers={"Accept-Language": "en"}).text
    assert "is your own class: send this link" in page
    assert "<button" not in page
    coach.post(school.link, data={"token": school.link.rpartition("/")[2]})
    assert school.owner(COACH) not in {member.owner for member in list_members(school.service.store, school.classroom)}


def test_a_candidate_finds_the_assignment_on_today_and_what_the_coach_sees(school: School) -> None:
    today = read(school[BOB].page.arrive(session="bob")["today"])
    assert "Week one" in today
    assert "2026-12-24" in today
    assert f"{COACH} coaches “Deep <b>learning</b>”" in today
    assert 'class="begin-assignment main"' in today
    assert "From your classes" not in read(school[FOREIGN].page.arrive(session="eve")["today"])


def test_one_click_begins_an_assignment_and_the_next_goes_on_with_it(school: School) -> None:
    first = school[BOB].asks(do="begin_assignment", assignment=school.assignment)
    again = school[BOB].asks(do="begin_assignment", assignment=school.assignment)
    assert first["browserstate"] == again["browserstate"]
    assert "not for you" in school[FOREIGN].asks(do="begin_assignment", assignment=school.assignment)["notice"]["value"]


def test_the_tab_is_there_for_coaches_alone(school: School) -> None:
    seen = {name: school[name].page.arrive(session=name)["tabitem"] for name in (COACH, ADMIN, ANN)}
    tabs = {name: tab.get("visible") for name, tab in seen.items()}
    assert tabs == {COACH: True, ADMIN: True, ANN: False}


def test_a_coach_sees_who_made_which_point_and_rules_in_their_own_name(school: School) -> None:
    coach, store = school[COACH], school.service.store
    shown = coach.does(do="open", where=f"assignment/{school.assignment}")
    assert f'data-where="interview/{school.assigned}"' in shown
    assert "not begun" in shown or "at question 1" in shown, "Bob"
    assert "finished" in shown
    assert 'class="point missing"' in shown
    transcript = coach.does(do="open", where=f"interview/{school.assigned}")
    assert "fold up" in transcript
    assert "note-text" not in transcript, "what the candidate keeps about questions"
    criterion = re.search(r'data-criterion="([\w-]+)"', transcript)[1]  # type: ignore[index]
    wish = {"question": FIRST, "attempt": 1, "criterion": criterion}
    ruled = coach.does(do="rule", level="partial", **wish)
    assert "Your mark." in ruled
    assert school.rulings(school.assigned)[-1].ruling.by == COACH
    told = coach.does(do="write_note", interview=school.assigned, note=NOTE)
    assert "Kept." in told
    report = read(school[ANN].page.arrive(school.assigned, "ann")["report"])
    assert f"Marked by {COACH}." in report
    assert NOTE in report
    agreed = coach.does(do="open", where=f"assignment/{school.assignment}")
    assert "the coach gave the grader's level 0 times out of 1" in agreed
    assert len(store.interviews(school.owner(ANN))) == 2


def test_everything_a_coach_sees_is_in_the_language_of_the_page(school: School) -> None:
    coach = school[COACH]
    for where in ("", f"class/{school.classroom}", f"assignment/{school.assignment}", f"interview/{school.assigned}"):
        shown = re.sub(r"<[^>]*>", "", coach.does("zh", do="open", where=where))
        assert "班级" in shown
        assert not re.search(r"\b(the|class|assignment|invitation)\b", shown), shown


# Every action with the class, as the page's script would send it.
def actions(school: School) -> list[dict[str, Any]]:
    wish = {"question": FIRST, "criterion": "x", "level": "met"}
    return [
        *({"do": "open", "where": f"{kind}/{school.classroom}"} for kind in ("class", "assign")),
        {"do": "open", "where": f"assign/{school.classroom}/deep-learning"},
        {"do": "open", "where": f"assignment/{school.assignment}"},
        {"do": "open", "where": f"alike/{school.assignment}/{FIRST}"},
        {"do": "open", "where": f"interview/{school.assigned}"},
        {"do": "open", "where": f"interview/{school.private}"},
        {"do": "renew", "classroom": school.classroom},
        {"do": "delete_class", "classroom": school.classroom},
        {"do": "remove_member", "classroom": school.classroom, "member": school.owner(ANN)},
        *({"do": "hand_over", "classroom": school.classroom, "heir": school.owner(who)} for who in (OTHER_COACH, ANN)),
        {"do": "assign", "classroom": school.classroom, "bank": "deep-learning", "title": "X", "mode": "coach"},
        {"do": "take_back", "assignment": school.assignment},
        {"do": "write_note", "interview": school.assigned, "note": "X"},
        {"do": "write_note", "interview": school.private, "note": "X"},
        {"do": "rule_alike", "assignment": school.assignment, "tries": [f"{school.assigned} 1"], **wish},
        {"do": "rule_alike", "assignment": school.assignment, "tries": [f"{school.private} 1"], **wish},
        {"do": "rule", "attempt": 1, **wish},
    ]


@pytest.mark.parametrize("who", [FOREIGN, ANN, BOB, OTHER_COACH])
def test_nobody_but_the_coach_does_anything_with_a_class(school: School, who: str) -> None:
    before = school.rows()
    for action in actions(school):
        school[who].where = f"interview/{school.assigned}"
        shown = school[who].does(**action)
        assert "not for you" in shown, action
        assert "Deep" not in shown, action
        assert "fold up" not in shown, action
    assert school.rows() == before


def test_what_a_candidate_practises_alone_is_no_coachs(school: School) -> None:
    for who in (COACH, ADMIN):
        before = school.rows()
        for action in actions(school):
            if school.private in json.dumps(action):
                assert "not for you" in school[who].does(**action), action
        school[who].where = f"interview/{school.private}"
        wish = {"question": FIRST, "attempt": 1, "criterion": "x", "level": "met"}
        assert "not for you" in school[who].does(do="rule", **wish)
        assert school.rows() == before


@pytest.mark.parametrize(
    "who, assigned, private",
    [
        (ANN, 200, 200),
        (BOB, 404, 404),
        (FOREIGN, 404, 404),
        (COACH, 200, 404),
        (OTHER_COACH, 404, 404),
        (ADMIN, 200, 404),
    ],
)
def test_an_export_is_for_the_candidate_and_of_assignments_for_the_coach(
    school: School, who: str, assigned: int, private: int
) -> None:
    client = school[who].client
    for kind in ("md", "html", "json"):
        assert client.get(f"/export/{school.assigned}.{kind}").status_code == assigned
        assert client.get(f"/export/{school.private}.{kind}").status_code == private
    assert client.get(f"/print/{school.assigned}").status_code == assigned


def test_a_coach_does_not_read_in_an_export_what_was_practised_before(school: School) -> None:
    again = school.plays(ANN, school[ANN].asks(do="practise", questions=[f"deep-learning/{FIRST}"]))
    mine = school[ANN].client.get(f"/export/{again}.json", params={"lang": "en"}).json()
    assert mine["summary"]["compared"], "the candidate's own export tells how it went the last time"
    coach = school[COACH].client.get(f"/export/{school.assigned}.json", params={"lang": "en"}).json()
    assert coach["summary"]["compared"] == []


def exported(school: School, who: str, interview: str) -> list[str]:
    """All that can be downloaded of an interview but its JSON, and the page to be printed, as somebody reads it."""
    client, paths = school[who].client, [f"/export/{interview}.md", f"/export/{interview}.html", f"/print/{interview}"]
    texts = [client.get(path, params={"lang": "en"}).text for path in paths]
    return [html.unescape(re.sub(r"<[^>]*>|\\", "", text.rpartition("</style>")[2])) for text in texts]


def test_an_export_for_a_coach_says_who_marked_and_holds_what_coaches_wrote(school: School) -> None:
    session = school.service.resume(school.assigned, None)
    unruled = [
        one for one in session.interview().bank[FIRST].criteria if not session.interview().current.ruling(one.id)
    ]
    mine, theirs = unruled[:2]
    session.rule(FIRST, 1, Ruling(mine.id, Level.MET, note="I said so"))
    session.rule(FIRST, 1, Ruling(theirs.id, Level.PARTIAL, COACH))
    save_coach_note(school.service.store, school.assigned, school.owner(COACH), COACH, NOTE)
    for text in exported(school, COACH, school.assigned):
        assert "Marked by the candidate. “I said so”" in text
        assert f"candidate and {COACH} " in text
        assert not re.search(r"Your mark|\bYou\b\W|\byou and\b", text.replace("You could say", ""))
        assert "ann" in text
        assert NOTE in text
    for text in exported(school, ANN, school.assigned):
        assert "Your mark. “I said so”" in text
        assert f"you and {COACH} " in text
        assert f"Marked by {COACH}." in text
        assert NOTE in text
    summary = school[COACH].client.get(f"/export/{school.assigned}.json").json()["summary"]
    assert [(one["by"], one["note"]) for one in summary["coach_notes"]] == [(COACH, NOTE)]


def test_what_a_coach_wrote_is_read_at_the_end_also_in_an_export(school: School) -> None:
    interview = school[BOB].asks(do="begin_assignment", assignment=school.assignment)["browserstate"]
    save_coach_note(school.service.store, interview, school.owner(COACH), COACH, NOTE)
    assert not any(NOTE in text for text in exported(school, BOB, interview))


def test_a_form_that_makes_no_sense_does_nothing_and_says_so(school: School) -> None:
    before, coach = school.rows(), school[COACH]
    assign = {"do": "assign", "classroom": school.classroom, "title": "X", "mode": "coach"}
    assert "Not done" in coach.does(**assign, bank="deep-learning", due_on="tomorrow")
    assert "Not done" in coach.does(do="hack")
    assert "ghost" in coach.does(**assign, bank="ghost")
    assert "ghost" in coach.does(**assign, bank="deep-learning", questions=["ghost"])
    assert "needs a name" in coach.does(do="make_class", name="  ")
    assert school.rows() == before


def test_a_coach_or_an_admin_hands_a_class_to_another_coach(school: School) -> None:
    here = {"do": "open", "where": f"class/{school.classroom}"}
    heirs = re.findall(r'<option value="(\w+)">([^<]*)</option>', school[COACH].does(**here).split("Hand over", 1)[1])
    assert heirs == [(school.owner(who), who) for who in (OTHER_COACH, ADMIN)]
    wish = {"do": "hand_over", "classroom": school.classroom}
    for nobody in (ANN, FOREIGN):
        assert "Only a coach or an administrator" in school[COACH].does(**wish, heir=school.owner(nobody))
    shown = school[COACH].does(**wish, heir=school.owner(OTHER_COACH))
    assert f"The class is {OTHER_COACH}" in shown
    assert "Deep" not in shown
    assert "not for you" in school[COACH].does(**here)
    assert school[COACH].client.get(f"/export/{school.assigned}.md").status_code == 404
    assert "ann" in school[OTHER_COACH].does(**here)
    assert f"{OTHER_COACH} coaches" in read(school[BOB].page.arrive(session="bob")["today"])
    assert "Deep" in school[ADMIN].does("zh", **wish, heir=school.owner(COACH)), "an admin sees it still"
    assert "not for you" in school[OTHER_COACH].does(**here)
    assert "ann" in school[COACH].does(**here)


def test_a_class_goes_to_nobody_who_has_a_bank_of_the_same_id(school: School) -> None:
    for who, audience in ((COACH, school.classroom), (OTHER_COACH, "private")):
        StoredBank(school.service.store, school.owner(who), "both", audience).save("", None)
    before = school.rows()
    shown = school[COACH].does(do="hand_over", classroom=school.classroom, heir=school.owner(OTHER_COACH))
    assert "the new coach already has banks with the same ids: both" in shown
    assert "The class is" not in shown
    assert school.rows() == before
    for who in (COACH, OTHER_COACH):
        StoredBank(school.service.store, school.owner(who), "both").remove()


def test_a_class_that_somebody_else_hands_over_at_the_same_moment_is_handed_over_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, require, done = school.service.store, Access.require, []

    def require_and_be_late(*asked: Any) -> None:
        require(*asked)
        if not done:
            done.append(asked)
            room = find_class(store, school.classroom)
            assert room
            hand_over_class(store, room, school.owner(ADMIN))

    monkeypatch.setattr(Access, "require", require_and_be_late)
    shown = school[COACH].does(do="hand_over", classroom=school.classroom, heir=school.owner(OTHER_COACH))
    assert "the class has another coach by now" in shown
    assert "The class is" not in shown
    room = find_class(store, school.classroom)
    assert room
    assert room.owner == school.owner(ADMIN)
    hand_over_class(store, room, school.owner(COACH))


def test_whoever_leaves_is_seen_no_longer(school: School) -> None:
    begun = school[BOB].asks(do="begin_assignment", assignment=school.assignment)
    interview = begun["browserstate"]
    assert school[COACH].client.get(f"/export/{interview}.md").status_code == 200
    school[BOB].asks(do="leave_class", classroom=school.classroom)
    assert school[COACH].client.get(f"/export/{interview}.md").status_code == 404
    assert BOB not in school[COACH].does(do="open", where=f"class/{school.classroom}")
    assert "From your classes" not in read(school[BOB].page.arrive(session="bob")["today"])


def test_without_sign_in_the_page_knows_nothing_of_classes(tmp_path: Path) -> None:
    app = make_app(read_settings(data_dir=tmp_path))
    with TestClient(app, base_url=HOST, headers={"Origin": HOST}) as client:
        page = Visitor(client)
        assert not [name for name in page.ids.values() if "class" in name]
        assert "assigned" not in read(page.arrive()["today"])
        assert client.get("/join/anything").status_code == 404
        told = page.call(
            page.event("ask", "click"), ["en", "none", '[{"do": "begin_assignment", "assignment": "x"}]'], "s"
        )
        assert "class" not in str(told["notice"]["value"]).replace('class="', "")
    assert list_classes(app.state.service.store, None) == []
