"""A question as the grader looks for it, worked out once."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

from interviewer.domain.rubric import Question
from interviewer.grading.lexical import negation
from interviewer.grading.lexical.matching import Runs, Term, TermIndex, Vocabulary, runs_of
from interviewer.grading.lexical.overlap import ClaimText, claim_text, units_in
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary, glossary


@dataclass(frozen=True, eq=False)
class PreparedQuestion:
    """The terms and claims of a question, ready to be found in answers."""

    question: Question
    glossary: Glossary

    @cached_property
    def asked(self) -> frozenset[str]:
        """The words of the question."""
        return frozenset(word for text in self.question.text.both for word in tokenizer.words(text))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        criteria = self.question.criteria
        aliases = [alias for criterion in criteria for group in criterion.aliases for alias in group]
        return Vocabulary([*aliases, *(text for c in criteria if not c.aliases for text in c.text.both)])

    @cached_property
    def terms(self) -> TermIndex:
        homes: dict[Runs, list[tuple[int, int]]] = defaultdict(list)
        for place, criterion in enumerate(self.question.criteria):
            for number, group in enumerate(criterion.aliases):
                for runs in dict.fromkeys(map(runs_of, group)):
                    if runs:
                        homes[runs].append((place, number))
        terms = [Term(runs, tuple(found), _is_negative(runs)) for runs, found in homes.items()]
        return TermIndex(terms, self.vocabulary)

    @cached_property
    def claims(self) -> tuple[tuple[ClaimText, ...], ...]:
        """For each criterion without aliases, its texts as they are compared with answers."""
        asked = units_in(self.question.text.both)
        return tuple(
            () if c.aliases else tuple(claim_text(text, asked, self.glossary) for text in c.text.both)
            for c in self.question.criteria
        )


def _is_negative(runs: Runs) -> bool:
    return any(word in negation.NEGATIONS for run in runs for word in run)


def prepare(question: Question) -> PreparedQuestion:
    """What the grader needs of a question under the glossary of the moment, worked out once."""
    return _prepared(question, glossary())


_prepared = lru_cache(maxsize=256)(PreparedQuestion)
