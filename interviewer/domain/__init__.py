"""The pure core: what is asked, what happened, what was graded. No clock, no chance, no I/O."""
