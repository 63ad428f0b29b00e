"""The model's door: one question goes in, one reply or one LLMError comes out."""

from interviewer.llm.protocol import LLM, Finish, Message, Piece, Reply, Rung, Usage

__all__ = ["LLM", "Finish", "Message", "Piece", "Reply", "Rung", "Usage"]
