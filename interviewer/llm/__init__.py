"""Language models: one question goes in, one reply or one LLMError comes out."""

from interviewer.llm.protocol import LLM, Finish, Message, OutputMode, Reply, ReplyChunk, Usage

__all__ = ["LLM", "Finish", "Message", "OutputMode", "Reply", "ReplyChunk", "Usage"]
