"""Interviews being played and kept."""
