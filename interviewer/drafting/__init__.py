"""Rubrics drafted by a model from reference answers."""

from interviewer.drafting.rounds import Drafted, draft, draft_all

__all__ = ["Drafted", "draft", "draft_all"]
