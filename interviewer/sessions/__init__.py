"""Interviews being played and kept."""

LOCAL_OWNER = "local"
"""The owner of what is played in the terminal, which belongs to nobody who signs in."""
