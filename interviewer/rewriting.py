"""A bank file changed in place: what does not change stays to the letter, comments and all."""

from interviewer.bankfile import bank_to_yaml
from interviewer.library import parse_bank
from interviewer.rubric import Bank


def rewritten(text: str, name: str, bank: Bank) -> str:
    """The text of a bank file, changed so that it holds this bank. Raises BankError if it is none."""
    if parse_bank(text, name) == bank:
        return text
    return bank_to_yaml(bank)
