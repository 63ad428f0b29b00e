"""The list of all interviews of an owner, as links that resume or reread them."""

from interviewer.domain.interview import Interview
from interviewer.domain.rubric import Language
from interviewer.domain.summary import summarize
from interviewer.errors import InterviewerError
from interviewer.presentation.templating import escaped
from interviewer.presentation.wording import moment, score_text
from interviewer.sessions.service import Session, Stage
from interviewer.text.messages import say


def listing(stage: Stage, owner: str, language: Language) -> str:
    """All interviews of an owner, as a list of links that resume or read them."""
    items = []
    for listed in stage.store.interviews(owner):
        try:
            interview = Session(stage, listed.id).interview()
            text, state = _list_line(interview, language)
        except InterviewerError as error:
            text, state = say("list.unreadable", language, reason=error.into(language)), ""
            items.append(f"<li>{escaped(text)}</li>")
            continue
        when = moment(listed.begun_at)
        action = say("list.read" if interview.is_over else "list.open", language)
        items.append(
            f'<li><a href="?interview={escaped(listed.id)}">{escaped(say("list.action", language, action=action, text=text))}</a> '
            f'<span class="quiet">{state} · <time datetime="{listed.begun_at}">{when}</time></span></li>'
        )
    title = f"<h2>{say('list.title', language)}</h2>"
    return title + (
        f'<ul class="interviews">{"".join(items)}</ul>' if items else f"<p>{say('list.empty', language)}</p>"
    )


def _list_line(interview: Interview, language: Language) -> tuple[str, str]:
    mode = say(f"mode_short.{interview.plan.mode}", language)
    count = len(interview.plan.questions)
    text = say("list.line", language, bank=interview.bank.title.into(language), count=count, mode=mode)
    if not interview.is_over:
        return text, say("list.state_open", language, place=interview.position + 1)
    summary = summarize(interview)
    score = score_text(summary.score, language, is_estimate=summary.is_estimate)
    return text, f"{say('list.state_over', language)} · {score}"
