"""Rubrics drafted by a model from reference answers."""

from interviewer.banks.importing.rubric_from_llm.drafting import Drafted, draft, draft_all

__all__ = ["Drafted", "draft", "draft_all"]
