"""The screens of the tab Classes, drawn from the database for a coach who may see them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Interview, shows_grades
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized, Question
from interviewer.errors import NotAllowed
from interviewer.evaluation.like_answers import group_like_answers
from interviewer.evaluation.ruling_agreement import agreement_by_criterion, agreement_over_all
from interviewer.presentation import class_pages
from interviewer.presentation.card import CardActions
from interviewer.presentation.chat import chat
from interviewer.presentation.class_pages import AssignmentLine, CandidateLine, ClassLine, HeatMap
from interviewer.presentation.interview_report import report
from interviewer.sessions.assignments import (
    Assignment,
    assignment_of,
    find_assignment,
    list_assignments,
    list_outcomes,
    list_progress,
)
from interviewer.sessions.classes import Classroom, find_class, list_classes, list_members
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.service import SessionService
from interviewer.text.messages import localized, say
from interviewer.web.badge import Badges


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
                return class_pages.assign_page(
                    self._classroom(owner, name), self.library.of_class(name).bank(bank), language
                )
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
            ClassLine(
                one,
                self._name(one.owner, language) if is_admin and one.owner != owner else "",
                len(list_members(store, one.id)),
                len(list_assignments(store, one.id)),
            )
            for one in list_classes(store, None if is_admin else owner)
        ]
        return class_pages.classes_page(lines, language)

    def _class(self, classroom: Classroom, base: str, language: Language) -> str:
        store = self.service.store
        members = [(one, self._name(one.owner, language)) for one in list_members(store, classroom.id)]
        lines = [
            AssignmentLine(one, self._bank_title(one), sum(each.is_done for each in list_progress(store, one)))
            for one in list_assignments(store, classroom.id)
        ]
        link = f"{base}/join/{classroom.invitation}"
        return class_pages.class_page(
            classroom, lines, members, self.library.of_class(classroom.id).banks(), link, language
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
            HeatMap(
                question,
                class_pages.heat_rows(question.id, lines, outcomes),
                {one.criterion: one for one in agreements if one.question == question.id},
            )
            for question in self._questions(lines)
        ]
        over_all = agreement_over_all(pairs) if pairs else None
        title = self._bank_title(assignment)
        return class_pages.assignment_page(classroom, assignment, title, lines, maps, over_all, language)

    def _alike(self, classroom: Classroom, assignment: Assignment, question: str, language: Language) -> str:
        played = {
            one.overview.id: self.service.resume(one.overview.id, None).interview()
            for one in list_progress(self.service.store, assignment)
            if one.overview and not one.overview.problem
        }
        asked = [one.bank[question] for one in played.values() if question in one.plan.questions]
        groups = group_like_answers(question, played)
        return class_pages.like_answers_page(classroom, assignment, asked[-1] if asked else None, groups, language)

    def _interview(self, owner: str, name: str, language: Language) -> str:
        self.access.require(owner, Action.RULE, name)
        store, session = self.service.store, self.service.resume(name, None)
        assignment = assignment_of(store, name)
        classroom = find_class(store, assignment.classroom) if assignment else None
        if assignment is None or classroom is None:
            raise NotAllowed(localized("classes.refused"))
        interview, candidate = session.interview(), self._name(session.owner, language)
        coach = self._name(owner, language)
        notes = list_coach_notes(store, name)
        shown = self._report(name, interview, coach, language) if shows_grades(interview) else ""
        return class_pages.class_interview_page(
            classroom,
            assignment,
            candidate,
            name,
            next((one.note for one in notes if one.owner == owner), ""),
            shown,
            chat(interview, language, candidate=candidate),
            language,
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
