"""Attacks on graders: answers made from a bank that try to earn what they should not, and honest ones in a guise."""

from interviewer.evaluation.robustness.attack import Aim, Attack, Family
from interviewer.evaluation.robustness.making import attacks_on
from interviewer.evaluation.robustness.resistance import (
    PASS,
    Figures,
    Resistance,
    resistance,
    rows_of,
    with_bases,
)

__all__ = [
    "PASS",
    "Aim",
    "Attack",
    "Family",
    "Figures",
    "Resistance",
    "attacks_on",
    "resistance",
    "rows_of",
    "with_bases",
]
