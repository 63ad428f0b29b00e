"""Parts of an interview as HTML: chat, score card, report. Everything a person or a bank wrote is escaped here."""

from interviewer.presentation.markup.card import Badge, card, no_badge
from interviewer.presentation.markup.chat import chat
from interviewer.presentation.markup.report import bar, report
from interviewer.presentation.markup.text import escaped, marked, stretches
from interviewer.presentation.markup.wording import (
    is_news,
    level_key,
    moment,
    provenance_text,
    quotes_of,
    score_text,
    sign,
    spent_text,
)

__all__ = [
    "Badge",
    "bar",
    "card",
    "chat",
    "escaped",
    "is_news",
    "level_key",
    "marked",
    "moment",
    "no_badge",
    "provenance_text",
    "quotes_of",
    "report",
    "score_text",
    "sign",
    "spent_text",
    "stretches",
]
