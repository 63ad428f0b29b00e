"""The model grader: prompt → reply → checked quotes → one correction → a grade.

The model gives, for each criterion, a quote, a reason and a verdict. Whether the quote is the candidate's, and what all
of it is worth, is decided here and not by the model.
"""

from interviewer.grading.llm_grader import VERSION, CallShape, LLMGrader, prompts_digest

__all__ = ["VERSION", "CallShape", "LLMGrader", "prompts_digest"]
