"""A mock interviewer that grades free-text answers point by point and shows the candidate's own words as evidence."""

__version__ = "0.1.0"
