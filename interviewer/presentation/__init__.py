"""Interviews and results as people read them: cards, reports, transcripts, exports."""
