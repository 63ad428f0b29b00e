"""How much is read from one file."""

LARGEST = 5_000_000  # bytes
MOST_LINES = 100_000
MOST_QUESTIONS = 2_000

# A line takes the processor about as long as eight signs of markup, and so many signs some four seconds.
_MOST_WORK = 300_000
_WORK_OF_A_LINE = 8
_MARKUP = "!#$%&*+-:<=>@[\\]^_`{|}~"


def files_needed(text: str) -> int:
    """In how many files a text of Markdown would have to be split, to be read in a few seconds each."""
    markup = sum(text.count(sign) for sign in _MARKUP)
    return 1 + (markup + _WORK_OF_A_LINE * text.count("\n")) // _MOST_WORK
