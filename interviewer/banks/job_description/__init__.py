"""A job description compared with the question banks: what it asks for, which questions test that, and what none does."""
