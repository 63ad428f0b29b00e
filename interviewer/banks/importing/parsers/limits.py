"""How much is read from one file."""

LARGEST = 5_000_000  # bytes
MOST_LINES = 100_000
MOST_QUESTIONS = 2_000
