"""The answer that a visitor gave last to a question, with its card, for the list of questions to show when it is asked for."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from interviewer.domain.interview import shows_grades
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError
from interviewer.presentation.card import card
from interviewer.presentation.templating import inline, render
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.practice_log import last_answer
from interviewer.sessions.service import SessionService
from interviewer.text.messages import say
from interviewer.web.identity import Owners
from interviewer.web.visit import language_of_link


def add_last_answers(app: FastAPI, service: SessionService, owners: Owners) -> None:

    @app.get("/last-answer/{bank}/{question}")
    def shown(request: Request, bank: str, question: str, lang: str = "") -> HTMLResponse:
        owner = owners.of(request.cookies)
        if owner is None:
            return HTMLResponse("", 404)
        language = language_of_link(lang) or Language.EN
        try:
            text, status = last_answer_page(service, owner, QuestionName(bank, question), language), 200
        except InterviewerError as error:
            text, status = inline('<p role="alert">{{ why }}</p>', language, why=error.into(language)), 503
        return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def last_answer_page(service: SessionService, owner: str, name: QuestionName, language: Language) -> str:
    """The last answer of an owner to a question with its card; before the end of an interview that hides grades, without."""
    found = last_answer(service.store, owner, name)
    if found is None:
        return f"<p>{say('questions.no_answer', language)}</p>"
    interview = service.resume(found.interview, owner).interview()
    attempt = interview.attempt(interview.asked_as(*name), found.attempt)
    shown = card(interview, attempt, language, level=4, is_titled=False) if shows_grades(interview) else ""
    return render("last_answer.html", language, found=found, answers=attempt.answers, card=shown)
