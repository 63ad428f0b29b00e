"""The lexical estimate: how much of a rubric an answer covers, judged by words alone, without a model or a network.

The rules, all of them:

1. A criterion with enough example statements is made by the neighbouring clauses that are more like those that make its
   claim than like those that do not: by half, or wholly (`claim_classifier`). Of the rules below, 6 and 8 hold for it,
   and of 5 the sentence that is denied as a whole; 2 to 4 and 7 are for criteria without examples.
2. A criterion with aliases is made by one term of each of its groups, within two neighbouring sentences; a long English
   word may be misspelt (`matching`).
3. A criterion without aliases is made by the word stems and pairs of Chinese characters of its text, within two
   neighbouring sentences; in the other language, by the terms of the bilingual glossary (`overlap`).
4. Words of the question earn nothing by themselves (`grader`, `overlap`).
5. A term with a negation right before it, or in a sentence that begins "it is not true that", speaks against its
   criterion; unless the reference answer itself sounds like a denial of it (`negation`, `grader`).
6. A claim that is taken back, or said both ways, earns nothing (`negation`).
7. Each false thing that is said lowers what is claimed beside it by one level, and its words earn nothing (`grader`).
8. What is built like lists of keywords, and not like statements, earns nothing, unless names are what is asked for
   (`keyword_stuffing`).

"I don't know", an echo of the question and talk to the grader are seen to by `grading.guardrails`, for every grader.
The word lists stand in `negation_words.toml`.
"""

from interviewer.grading.lexical.grader import LexicalGrader, version, warm_up

__all__ = ["LexicalGrader", "version", "warm_up"]
