"""A list of questions and answers from anywhere made into a bank."""
