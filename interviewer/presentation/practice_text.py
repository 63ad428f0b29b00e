"""Today and progress in words and as plain data, for every face."""

from collections.abc import Mapping, Sequence
from typing import Any

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.presentation.templating import render
from interviewer.sessions.due_questions import Today
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.progress import Progress, RecallChange
from interviewer.sessions.question_mastery import QuestionMastery, TopicMastery
from interviewer.sessions.question_notes import QuestionNote
from interviewer.text.messages import say


def headline(today: Today, language: Language) -> str:
    """What is worth doing now, such as "6 questions: 3 due, 2 weak, 1 new · about 9 min"."""
    if not today.questions:
        return say("today.nothing", language)
    counts = {"due": today.due, "weak": today.weak, "new": today.new}
    parts = [say(f"today.part_{name}", language, count=count) for name, count in counts.items() if count]
    listed = say("today.comma", language).join(parts)
    key = "today.headline" if len(today.questions) > 1 else "today.headline_one"
    return say(key, language, count=len(today.questions), parts=listed, minutes=today.minutes)


def notes(today: Today, language: Language) -> list[str]:
    """What else there is to know about today, one sentence each."""
    day, due = today.next_due or (None, 0)
    known: dict[str, tuple[object, dict[str, object]]] = {
        "today.first_visit": (today.is_first_visit, {}),
        "today.comeback": (today.is_comeback, {"count": len(today.questions)}),
        "today.left_over": (today.left_over, {"count": today.left_over}),
        "today.exam": (today.days_left is not None, {"days": today.days_left}),
        "today.next_due": (day, {"count": due, "day": day}),
    }
    return [say(key, language, **values) for key, (holds, values) in known.items() if holds]


def mastery_text(topic: TopicMastery, language: Language) -> str:
    counts = {"new": topic.new, "shaky": topic.shaky, "holding": topic.holding}
    return say("today.mastery", language, title=topic.title, **counts)


def holds_text(held: float | None, holds: float, language: Language) -> str:
    """For how many days something holds, and for how long it did before."""
    now = _days(holds, language)
    if held is None:
        return say("today.holds", language, now=now)
    return say("today.held_holds", language, before=_days(held, language), now=now)


def progress_text(progress: Progress, language: Language) -> str:
    holds = "" if progress.holds is None else holds_text(progress.held, progress.holds, language)
    return str(render("progress.txt", language, progress=progress, holds=holds)).rstrip()


def note_lines(notes: Mapping[QuestionName, QuestionNote], banks: Sequence[Bank], language: Language) -> list[str]:
    """What is kept of each question: its first line with a star where it is bookmarked, and the note below it."""
    texts = {QuestionName(bank.id, one.id): one.text.into(language) for bank in banks for one in bank.questions}
    lines = []
    for name, kept in notes.items():
        title = texts.get(name, name.question).strip().partition("\n")[0]
        lines.append(say("notes.line", language, sign="★ " if kept.is_bookmarked else "", text=title, name=name))
        lines += [f"  {line}" for line in kept.note.splitlines()]
    return lines


def today_to_plain(today: Today) -> dict[str, Any]:
    return {
        "questions": [_question(one) for one in today.questions],
        "counts": {"due": today.due, "weak": today.weak, "new": today.new},
        "minutes": today.minutes,
        "is_own_pace": today.is_own_pace,
        "left_over": today.left_over,
        "answered_today": today.answered_today,
        "open": [
            {"id": one.id, "bank": one.bank, "question": one.position + 1, "of": one.planned} for one in today.open
        ],
        "topics": [_topic(topic) for topic in today.topics],
        "next_due": {"day": today.next_due[0].isoformat(), "count": today.next_due[1]} if today.next_due else None,
        "exam_on": today.settings.exam_on.isoformat() if today.settings.exam_on else None,
        "daily_cap": today.settings.daily_cap,
        "days_left": today.days_left,
    }


def progress_to_plain(progress: Progress) -> dict[str, Any]:
    return {
        "days": {day.isoformat(): count for day, count in sorted(progress.days.items())},
        "topics": [
            {
                "bank": topic.bank,
                "topic": topic.topic,
                "weeks": [
                    {"monday": week.monday.isoformat(), "answers": week.answers, "share": round(week.share, 3)}
                    for week in topic.weeks
                ],
            }
            for topic in progress.topics
        ],
        "mastery": [_topic(topic) for topic in progress.masteries],
        "better": [_changed(one) for one in progress.better],
        "slipping": [_changed(one) for one in progress.slipping],
        "holds_days": progress.holds,
        "held_days": progress.held,
    }


def _question(one: QuestionMastery) -> dict[str, Any]:
    due = one.due.isoformat() if one.due else None
    return {"bank": one.bank.id, "question": one.question.id, "state": one.state.value, "due": due}


def _topic(topic: TopicMastery) -> dict[str, Any]:
    counts = {"new": topic.new, "shaky": topic.shaky, "holding": topic.holding}
    return {"bank": topic.bank, "topic": topic.topic, **counts}


def _changed(one: RecallChange) -> dict[str, Any]:
    return {**_question(one.mastery), "before": round(one.before, 3), "now": round(one.now, 3)}


def _days(days: float, language: Language) -> str:
    if days < 1:
        return say("today.less_than_a_day", language)
    whole = round(days)
    return say("today.one_day" if whole == 1 else "today.some_days", language, days=whole)
