"""Attacks on graders: answers made from a bank that try to earn what they should not, and honest ones that look unusual."""
