"""Question banks: loaded, checked, written and imported."""
