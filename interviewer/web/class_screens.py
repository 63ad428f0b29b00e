"""The screens of the tab Classes, drawn from the database for a coach who may see them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Level
from interviewer.domain.interview import Interview, shows_grades
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

    def draw(self, owner: str, where: str, base: str, language: Language) -> str:
        """The screen at a place, which is written as in `class_actions.Open`; '' is the list of classes."""
        match where.split("/"):
            case [""]:
                return self._classes(owner, language)
            case ["class", name]:
                return self._class(self._classroom(owner, name), base, language)
            case ["assign", name, bank]:
                room, chosen = self._classroom(owner, name), self.library.of_class(name).bank(bank)
                return render("assign.html", language, classroom=room, bank=chosen)
            case ["assignment", name]:
                assignment = self._assignment(owner, name)
                return self._progress(self._classroom(owner, assignment.classroom), assignment, language)
            case ["alike", name, question]:
                assignment = self._assignment(owner, name)
                return self._alike(self._classroom(owner, assignment.classroom), assignment, question, language)
            case ["interview", name]:
                return self._interview(owner, name, language)
        raise NotAllowed(localized("classes.refused"))

    def _classes(self, owner: str, language: Language) -> str:
        if not self.access.may_coach(owner):
            raise NotAllowed(localized("classes.refused"))
        store, is_admin = self.service.store, self.access.is_admin(owner)
        lines = [
            {
                "classroom": one,
                # Everybody knows whose their own class is.
                "coach": self._name(one.owner, language) if is_admin and one.owner != owner else "",
                "members": len(list_members(store, one.id)),
                "assignments": len(list_assignments(store, one.id)),
            }
            for one in list_classes(store, None if is_admin else owner)
        ]
        return render("classes.html", language, classes=lines)

    def _class(self, classroom: Classroom, base: str, language: Language) -> str:
        store = self.service.store
        members = [(one, self._name(one.owner, language)) for one in list_members(store, classroom.id)]
        lines = [
            {
                "assignment": one,
                "bank": self._bank_title(one),
                "done": sum(each.is_done for each in list_progress(store, one)),
            }
            for one in list_assignments(store, classroom.id)
        ]
        return render(
            "class.html",
            language,
            classroom=classroom,
            assigned=lines,
            members=members,
            banks=self.library.of_class(classroom.id).banks(),
            coaches=[one for one in self.access.coaches() if one.owner != classroom.owner],
            link=f"{base}/join/{classroom.invitation}",
        )

    def _progress(self, classroom: Classroom, assignment: Assignment, language: Language) -> str:
        store = self.service.store
        lines = [
            CandidateLine(self._name(one.owner, language), one.overview) for one in list_progress(store, assignment)
        ]
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
        return render(
            "assignment.html",
            language,
            classroom=classroom,
            assignment=assignment,
            bank=self._bank_title(assignment),
            rows=lines,
            maps=maps,
            agreement=agreement_over_all(pairs) if pairs else None,
            point_sign=sign,
        )

    def _alike(self, classroom: Classroom, assignment: Assignment, question: str, language: Language) -> str:
        played = {
            one.overview.id: self.service.resume(one.overview.id, None).interview()
            for one in list_progress(self.service.store, assignment)
            if one.overview and not one.overview.problem
        }
        asked = [one.bank[question] for one in played.values() if question in one.plan.questions]
        return render(
            "like_answers.html",
            language,
            classroom=classroom,
            assignment=assignment,
            question=asked[-1] if asked else None,
            groups=group_like_answers(question, played) if asked else (),
        )

    def _interview(self, owner: str, name: str, language: Language) -> str:
        self.access.require(owner, Action.RULE, name)
        store, session = self.service.store, self.service.resume(name, None)
        assignment = assignment_of(store, name)
        classroom = find_class(store, assignment.classroom) if assignment else None
        if assignment is None or classroom is None:
            raise NotAllowed(localized("classes.refused"))
        interview, candidate = session.interview(), self._name(session.owner, language)
        coach = self._name(owner, language)
        return render(
            "class_interview.html",
            language,
            classroom=classroom,
            assignment=assignment,
            name=candidate,
            interview=name,
            own_note=next((one.note for one in list_coach_notes(store, name) if one.owner == owner), ""),
            report=self._report(name, interview, coach, language) if shows_grades(interview) else "",
            chat=chat(interview, language, candidate=candidate),
        )

    def _report(self, name: str, interview: Interview, coach: str, language: Language) -> str:
        """Without what the candidate keeps about questions, and without what they practised before."""
        live = CardActions(self.badges.is_measured(interview), coach=coach)
        badge = self.badges.on(interview, language)
        return report(interview, language, badge=badge, exports_of=name, live=live, is_for_coach=True)

    def _questions(self, lines: Sequence[CandidateLine]) -> list[Question]:
        """What was asked, as it was asked last."""
        begun = [one.overview for one in lines if one.overview and not one.overview.problem]
        if not begun:
            return []
        last = max(begun, key=lambda one: one.begun_at)
        interview = self.service.resume(last.id, None).interview()
        return [interview.bank[question] for question in interview.plan.questions]

    def _classroom(self, owner: str, name: str) -> Classroom:
        self.access.require(owner, Action.SEE_CLASS, name)
        found = find_class(self.service.store, name)
        if found is None:
            raise NotAllowed(localized("classes.refused"))
        return found

    def _assignment(self, owner: str, name: str) -> Assignment:
        found = find_assignment(self.service.store, name)
        if found is None:
            raise NotAllowed(localized("classes.refused"))
        self.access.require(owner, Action.SEE_CLASS, found.classroom)
        return found

    def _bank_title(self, assignment: Assignment) -> str | Localized:
        banks = self.library.of_class(assignment.classroom).banks()
        return next((bank.title for bank in banks if bank.id == assignment.bank), assignment.bank)

    def _name(self, owner: str, language: Language) -> str:
        return self.access.name(owner) or say("classes.unnamed", language)


def _heat_rows(question: str, lines: Sequence[CandidateLine], outcomes: Sequence[LiveOutcome]) -> list[dict[str, Any]]:
    """Candidate × criterion: a row for everybody who has begun; no level where it is not judged.

    `outcomes` are in the order of the tries, of which the last one counts.
    """
    levels: dict[str, dict[str, Level | None]] = {}
    for one in outcomes:
        if one.question == question:
            levels.setdefault(one.interview, {})[one.criterion] = one.level
    return [
        {"name": line.name, "interview": line.overview.id, "levels": levels.get(line.overview.id, {})}
        for line in lines
        if line.overview
    ]
