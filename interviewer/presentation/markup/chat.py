"""The turns of an interview as a chat."""

from interviewer.domain.interview import Interview, Saying, Speaker, Turn, shows_grades
from interviewer.domain.rubric import Language
from interviewer.presentation.markup.text import escaped
from interviewer.text.messages import say


def chat(interview: Interview, language: Language) -> str:
    """All turns so far, as a list that a screen reader reads as a log."""
    items = []
    numbers = {question: place for place, question in enumerate(interview.plan.questions, start=1)}
    for attempt in interview.attempts:
        topic = interview.bank.topic_title(interview.bank[attempt.question].topic, language)
        place = f"{numbers[attempt.question]} / {len(numbers)} · {escaped(topic)}"
        if attempt.number > 1:
            place += " · " + say("chat.again", language, number=attempt.number)
        items += [_turn(turn, place, language) for turn in attempt.turns]
        if attempt.is_closed and not attempt.is_answered:
            items.append(_note(say("chat.skipped", language)))
        elif attempt.is_closed and not shows_grades(interview):
            items.append(_note(say("chat.noted", language)))
    if interview.is_over:
        items.append(_note(say("chat.over", language)))
    label = say("chat.label", language)
    return f'<div class="chat" role="log" aria-label="{label}" tabindex="0">{"".join(items)}</div>'


def _turn(turn: Turn, place: str, language: Language) -> str:
    who = say("chat.you" if turn.speaker is Speaker.CANDIDATE else f"chat.{turn.saying}", language)
    side = "mine" if turn.speaker is Speaker.CANDIDATE else "theirs"
    head = f"{who} <span>{place}</span>" if turn.saying is Saying.QUESTION else who
    return f'<div class="turn {side} {turn.saying}"><p class="who">{head}</p><div class="said" dir="auto">{escaped(turn.text)}</div></div>'


def _note(text: str) -> str:
    return f'<p class="note">{text}</p>'
