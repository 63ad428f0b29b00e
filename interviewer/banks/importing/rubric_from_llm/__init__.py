"""Rubrics drafted by a model from reference answers."""

from interviewer.banks.importing.rubric_from_llm.drafting import DraftedRubric, draft, draft_all

__all__ = ["DraftedRubric", "draft", "draft_all"]
