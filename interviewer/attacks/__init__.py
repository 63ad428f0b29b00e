"""Attacks on graders: answers made from a bank that try to earn what they should not, and honest ones in a guise."""

from interviewer.attacks.attack import Aim, Attack, Family
from interviewer.attacks.making import attacks_on
from interviewer.attacks.resistance import PASS, Figures, Resistance, resistance, rows_of, with_bases

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
