"""What is known about words: tokens, the glossary, the sentences that the program says."""
