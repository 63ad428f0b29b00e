"""The screens of the tab Classes, drawn from the database for a coach who may see them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Level
from interviewer.domain.interview import shows_grades
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized, Question
from interviewer.errors import NotAllowed
from interviewer.evaluation.cohort import sign
from interviewer.evaluation.like_answers import group_like_answers
from interviewer.evaluation.ruling_agreement import agreement_by_criterion, agreement_over_all
from interviewer.presentation.card import CardActions
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.templating import render
from interviewer.sessions.assignments import (
    Assignment,
    LiveOutcome,
    assignment_of,
    find_assignment,
    list_assignments,
    list_outcomes,
    list_progress,
)
from interviewer.sessions.classes import Classroom, find_class, list_classes, list_members
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.interview_lists import InterviewOverview
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.service import SessionService
from interviewer.text.messages import localized, say
from interviewer.web.badge import Badges
from interviewer.web.visit import Visit

T = TypeVar("T")

_NOT_ASKED: dict[str, Any] = {"question": None, "groups": ()}


class CandidateLine(NamedTuple):
    """How far a candidate is with an assignment; no `overview` where they have not begun."""

    name: str
    overview: InterviewOverview | None


@dataclass(frozen=True, slots=True)
class ClassScreens:
    """Draws for coaches: one for the whole server. Raises NotAllowed for what is not there or not for who asks."""

    service: SessionService
    library: BankLibrary
    access: Access
    badges: Badges

    def draw(self, visit: Visit, where: str) -> str:
        """The screen at a place, which is written as in `class_handlers.Open`; '' is the list of classes."""
        match where.split("/"):
            case [""]:
                return self._classes(visit)
            case ["class", name]:
                return self._class(self._classroom(visit, name), visit)
            case ["assign", name, bank]:
                room, chosen = self._classroom(visit, name), self.library.of_class(name).bank(bank)
                return render("assign.html", visit.language, classroom=room, bank=chosen)
            case ["assignment", name]:
                return self._progress(*self._assignment(visit, name), visit.language)
            case ["alike", name, question]:
                return self._alike(*self._assignment(visit, name), question, visit.language)
            case ["interview", name]:
                return self._interview(visit, name)
        raise NotAllowed(localized("classes.refused"))

    def _classes(self, visit: Visit) -> str:
        store, owner = self.service.store, visit.owner
        if not self.access.may_coach(owner):
            raise NotAllowed(localized("classes.refused"))
        is_admin = self.access.is_admin(owner)
        lines = [
            {
                "classroom": one,
                # Everybody knows whose their own class is.
                "coach": self.name(one.owner, visit.language) if is_admin and one.owner != owner else "",
                "members": len(list_members(store, one.id)),
                "assignments": len(list_assignments(store, one.id)),
            }
            for one in list_classes(store, None if is_admin else owner)
        ]
        return render("classes.html", visit.language, classes=lines)

    def _class(self, classroom: Classroom, visit: Visit) -> str:
        store, name = self.service.store, classroom.id
        found = [(one, self._bank_title(one), list_progress(store, one)) for one in list_assignments(store, name)]
        lines = [{"assignment": a, "bank": bank, "done": sum(one.is_done for one in of)} for a, bank, of in found]
        members = [(one, self.name(one.owner, visit.language)) for one in list_members(store, name)]
        banks, link = self.library.of_class(name).banks(), f"{visit.address}/join/{classroom.invitation}"
        coaches = [one for one in self.access.coaches() if one.owner != classroom.owner]
        shown = {"assigned": lines, "members": members, "banks": banks, "link": link, "coaches": coaches}
        return render("class.html", visit.language, classroom=classroom, **shown)

    def _progress(self, classroom: Classroom, assignment: Assignment, language: Language) -> str:
        store = self.service.store
        begun = list_progress(store, assignment)
        lines = [CandidateLine(self.name(one.owner, language), one.overview) for one in begun]
        outcomes = list_outcomes(store, assignment.id)
        pairs = defaultdict(list)
        for one in outcomes:
            if one.ruled_by and one.level and one.grader_level:
                pairs[one.question, one.criterion].append((one.level, one.grader_level))
        agreements = agreement_by_criterion(pairs)
        maps = [
            {
                "question": question,
                "rows": _heat_rows(question.id, lines, outcomes),
                "agreements": {one.criterion: one for one in agreements if one.question == question.id},
            }
            for question in self._questions(lines)
        ]
        shown = {"bank": self._bank_title(assignment), "rows": lines, "maps": maps, "point_sign": sign}
        whole = agreement_over_all(pairs) if pairs else None
        named = {"classroom": classroom, "assignment": assignment}
        return render("assignment.html", language, **named, **shown, agreement=whole)

    def _alike(self, classroom: Classroom, assignment: Assignment, question: str, language: Language) -> str:
        begun = [one.overview for one in list_progress(self.service.store, assignment) if one.overview]
        played = {one.id: self.service.resume(one.id, None).interview() for one in begun if not one.problem}
        asked = [one.bank[question] for one in played.values() if question in one.plan.questions]
        shown = {"question": asked[-1], "groups": group_like_answers(question, played)} if asked else _NOT_ASKED
        return render("like_answers.html", language, classroom=classroom, assignment=assignment, **shown)

    def _interview(self, visit: Visit, name: str) -> str:
        """Without what the candidate keeps about questions, and without what they practised before."""
        owner, language, store = visit.owner, visit.language, self.service.store
        self.access.require(owner, Action.RULE, name)
        session, assignment = self.service.resume(name, None), existing(assignment_of(store, name))
        interview, candidate = session.interview(), self.name(session.owner, language)
        told = ""
        if shows_grades(interview):
            live = CardActions(self.badges.is_measured(interview), coach=self.name(owner, language))
            badge = self.badges.on(interview, language)
            told = report(interview, language, badge=badge, exports_of=name, live=live, is_for_coach=True)
        return render(
            "class_interview.html",
            language,
            classroom=existing(find_class(store, assignment.classroom)),
            assignment=assignment,
            name=candidate,
            interview=name,
            own_note=next((one.note for one in list_coach_notes(store, name) if one.owner == owner), ""),
            report=told,
            chat=chat(interview, language, candidate=candidate),
        )

    def _questions(self, lines: Sequence[CandidateLine]) -> list[Question]:
        """What was asked, as it was asked last."""
        begun = [one.overview for one in lines if one.overview and not one.overview.problem]
        if not begun:
            return []
        last = max(begun, key=lambda one: one.begun_at)
        interview = self.service.resume(last.id, None).interview()
        return [interview.bank[question] for question in interview.plan.questions]

    def _classroom(self, visit: Visit, name: str) -> Classroom:
        self.access.require(visit.owner, Action.SEE_CLASS, name)
        return existing(find_class(self.service.store, name))

    def _assignment(self, visit: Visit, name: str) -> tuple[Classroom, Assignment]:
        found = existing(find_assignment(self.service.store, name))
        return self._classroom(visit, found.classroom), found

    def _bank_title(self, assignment: Assignment) -> str | Localized:
        banks = self.library.of_class(assignment.classroom).banks()
        return next((bank.title for bank in banks if bank.id == assignment.bank), assignment.bank)

    def name(self, owner: str, language: Language) -> str:
        """What somebody is called, also where they have no name."""
        return self.access.name(owner) or say("classes.unnamed", language)


def existing(found: T | None) -> T:
    """What was found. Raises NotAllowed where nothing was: whoever may not see a thing is not told that it is there."""
    if found is None:
        raise NotAllowed(localized("classes.refused"))
    return found


def _heat_rows(question: str, lines: Sequence[CandidateLine], outcomes: Sequence[LiveOutcome]) -> list[dict[str, Any]]:
    """A row for everybody who has begun; of the `outcomes`, in the order of tries, the last one counts."""
    levels: dict[str, dict[str, Level | None]] = {}
    for one in outcomes:
        if one.question == question:
            levels.setdefault(one.interview, {})[one.criterion] = one.level
    return [
        {"name": line.name, "interview": line.overview.id, "levels": levels.get(line.overview.id, {})}
        for line in lines
        if line.overview
    ]
