"""What one chooses at the start of an interview. By itself, so that the command line can name it without the rest."""

from enum import StrEnum


class Mode(StrEnum):
    """`coach` shows the score card after each answer, `interview` shows nothing until the end."""

    COACH = "coach"
    INTERVIEW = "interview"


class Order(StrEnum):
    """In what order the questions of the bank are asked."""

    BANK = "bank"
    EASY_FIRST = "easy_first"
    SHUFFLED = "shuffled"
    ADAPTIVE = "adaptive"
    """Each question is chosen by the level that was shown at the one before it."""


class InterviewerStyle(StrEnum):
    """How the interviewer speaks; it touches no grade."""

    NEUTRAL = "neutral"
    FRIENDLY = "friendly"
    DEMANDING = "demanding"
