"""How good a grader is, and many answers graded at once."""
