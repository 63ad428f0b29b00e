"""What is wrong with a bank although it can be read: everything that would make its grades unfair or its help useless."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from interviewer.banks.loader import read_bank
from interviewer.banks.reference_checks import is_only_a_link, says_too_little
from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Kind, Localized, Question
from interviewer.errors import BankError
from interviewer.grading.disclosure import leaks
from interviewer.grading.example_statements import SUFFIX, ExamplesByQuestion, criteria_of, read_examples
from interviewer.grading.follow_ups import LONGEST_PROBE
from interviewer.grading.lexical import LexicalGrader
from interviewer.text import tokenizer
from interviewer.text.messages import localized, say
from interviewer.text.word_lists import WordLists

_WORDS = WordLists(Path(__file__).with_suffix(".toml"))

_MOST_CRITERIA = 7
_CONJUNCTION = re.compile(r"[;；]|(?<!\w)(?:and|as well as)(?!\w)|并且|以及|同时还|而且", re.IGNORECASE)
_SAME_CLAIM = 0.8
# Questions have more words in common than claims: "… at training time?" and "… at test time?" are two.
_SAME_QUESTION = 0.9
# A claim is inside another one if so much of it stands there, and if it is long enough to tell.
_INSIDE = 0.9
_LEAST_INSIDE = 4
_LONGEST_SHOWN = 60


ProgressCallback = Callable[[int, int], None]
"""Is told how many are done (made, checked or graded), and of how many."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a question, or with one of its criteria; `near` is the criterion at which a form shows it."""

    question: str
    what: Localized
    criterion: str = ""
    near: str = ""

    def into(self, language: Language, *, with_question: bool = True) -> str:
        """`question 'x', criterion 'y': what`, in the reader's language; a page may show the question elsewhere."""
        places = [say("bank.question", language, name=repr(self.question))] if with_question else []
        places += [say("bank.criterion", language, name=repr(self.criterion))] if self.criterion else []
        return "".join([say("bank.comma", language).join(places), say("bank.colon", language) if places else ""]) + (
            self.what.into(language)
        )


@dataclass(frozen=True, slots=True)
class BankCheck:
    """The outcome of a check; `faults` are lines to print."""

    faults: tuple[str, ...]
    questions: int = 0
    criteria: int = 0


def check_file(path: Path, language: Language) -> BankCheck:
    """Read a bank file and lint it, and the examples beside it. What keeps it from being read is its only fault."""
    try:
        bank = read_bank(path)
    except BankError as error:
        return BankCheck((str(error),))
    faults = [f"{path.name}: {fault.into(language)}" for fault in lint(bank)]
    beside = path.with_suffix(SUFFIX)
    try:
        examples = read_examples(beside) if beside.exists() else {}
    except BankError as error:
        faults.append(str(error))
    else:
        faults += [f"{beside.name}: {fault.into(language)}" for fault in _example_faults(bank, examples)]
    return BankCheck(tuple(faults), len(bank.questions), sum(len(question.criteria) for question in bank.questions))


def _example_faults(bank: Bank, examples: ExamplesByQuestion) -> Iterator[Fault]:
    """Where examples are of nothing that the bank asks for, so that they are left out."""
    asked = {question.id: question for question in bank.questions}
    for name, listed in examples.items():
        if name not in asked:
            yield Fault(name, localized("lint.examples_no_question"))
            continue
        known = criteria_of(asked[name], listed)
        for criterion in dict.fromkeys(one.criterion for one in listed if one.criterion):
            if criterion not in {c.id for c in asked[name].criteria}:
                yield Fault(name, localized("lint.examples_no_criterion"), criterion)
            elif criterion not in known:
                yield Fault(name, localized("lint.examples_other_claim"), criterion)


def lint(bank: Bank, told: ProgressCallback = lambda _done, _total: None) -> Iterator[Fault]:
    """The faults of a bank, question by question; `told` hears how many are checked, of how many."""
    alike = {fault.question: fault for fault in _similar_questions(bank)}
    for done, question in enumerate((bank[question.id] for question in bank.questions), start=1):
        if question.id in alike:
            yield alike[question.id]
        yield from _question_faults(question)
        for criterion in question.criteria:
            for what in _criterion_faults(question, criterion):
                yield Fault(question.id, what, criterion.id)
        told(done, len(bank.questions))


def by_question(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.question, []).append(fault)
    return found


def _similar_questions(bank: Bank) -> Iterator[Fault]:
    """The questions that ask nearly the same as an earlier one."""
    texts = [(q.id, tokenizer.shingles(tokenizer.clauses(text))) for q in bank.questions for text in q.text.both]
    by_size = sorted(range(len(texts)), key=lambda place: len(texts[place][1]))
    found: dict[int, int] = {}
    for at, place in enumerate(by_size):
        own = texts[place][1]
        for other in by_size[at + 1 :]:
            others = texts[other][1]
            if len(own) < len(others) * _SAME_QUESTION:
                break
            if texts[place][0] != texts[other][0] and _jaccard(own, others) >= _SAME_QUESTION:
                later, earlier = max(place, other), min(place, other)
                found[later] = min(earlier, found.get(later, earlier))
    for later, earlier in sorted(found.items()):
        yield Fault(texts[later][0], localized("lint.same_question", other=repr(texts[earlier][0])))


def overlap(one: Criterion, other: Criterion) -> Localized | None:
    """How two criteria overlap, so that one answer would count twice; None if they do not."""
    if one.kind is not other.kind:
        return None
    texts = (one.text.both[0], other.text.both[0])
    sets = {text: _shingles(text) for text in texts}
    small, large = sorted(texts, key=lambda text: len(sets[text]))
    own, others = sets[small], sets[large]
    if own and _jaccard(own, others) >= _SAME_CLAIM:
        return localized("lint.same_claim")
    is_claim = len(own) >= _LEAST_INSIDE and sum(map(tokenizer.is_content, tokenizer.words(small))) > 1
    if is_claim and len(own & others) >= len(own) * _INSIDE:
        return localized("lint.inside")
    return None


def says_two_things(text: str) -> bool:
    """Whether a claim joins two and does not say what one of them alone is worth."""
    return halves(text) is not None and not _values_halves(text)


def halves(text: str) -> tuple[str, str] | None:
    """The two claims that a text joins; None if it joins none."""
    joint = _CONJUNCTION.search(text)
    return (text[: joint.start()], text[joint.end() :]) if joint else None


def _values_halves(text: str) -> bool:
    return bool(_WORDS.phrases("claims.halves").search(tokenizer.fold(text)))


def has_own_term(question: Question, criterion: Criterion) -> bool:
    asked = {word for text in question.text.both for word in tokenizer.words(text)}
    terms = [term for group in criterion.aliases for term in group] or list(criterion.text.both)
    words = {word for term in terms for word in tokenizer.words(term) if tokenizer.is_content(word)}
    return bool(words - asked)


@lru_cache(maxsize=256)  # each claim is compared with all others of its question
def _shingles(text: str) -> frozenset[str]:
    return tokenizer.shingles(tokenizer.clauses(text))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0


def _question_faults(question: Question) -> Iterator[Fault]:
    name = question.id
    if len(question.criteria) > _MOST_CRITERIA:
        yield Fault(name, localized("lint.many_criteria", count=len(question.criteria), most=_MOST_CRITERIA))
    for place, criterion in enumerate(question.criteria):
        for earlier in question.criteria[:place]:
            if how := overlap(earlier, criterion):
                pair = {"one": repr(earlier.id), "other": repr(criterion.id)}
                yield Fault(name, localized("lint.overlap", how=how, **pair), near=criterion.id)
    for text in question.reference.both:
        if is_only_a_link(text):
            yield Fault(name, localized("lint.reference_link", text=text.strip()[:_LONGEST_SHOWN]))
        elif says_too_little(text, " ".join(question.text.both)):
            yield Fault(name, localized("lint.reference_short", text=text.strip()[:_LONGEST_SHOWN]))
    yield from _group_faults(question)
    if _is_yes_or_no(question) and not any(map(_says_yes_or_no, question.rubric.of(Kind.CORE))):
        yield Fault(name, localized("lint.no_yes_or_no"))
    yield from _reference_faults(question)


def _group_faults(question: Question) -> Iterator[Fault]:
    for group in question.groups:
        members = question.rubric.in_group(group)
        if group.text is None:
            yield Fault(question.id, localized("lint.group_text", group=repr(group.id)))
        if group.choose == len(members):
            yield Fault(question.id, localized("lint.group_of_all", group=repr(group.id), choose=group.choose))
        for member in members:
            if member.probe is None:
                yield Fault(question.id, localized("lint.group_probe", group=repr(group.id)), member.id)


def _is_yes_or_no(question: Question) -> bool:
    """Whether a question is to be answered by yes or no, in any of its languages, and its criteria are not cut offline."""
    if all(map(_is_cut_offline, question.criteria)):
        return False
    folded = tokenizer.fold("\n".join(question.text.both))
    if _WORDS.phrases("yes_no.requests").search(folded):
        return False
    clauses = tokenizer.clauses(question.text.en)
    starts = {clause.sentence: clause.tokens[0].word for clause in reversed(clauses)}
    is_asked = bool(_WORDS.words("yes_no.first_words").intersection(starts.values()))
    return is_asked or bool(_WORDS.phrases("yes_no.asks").search(folded))


def _says_yes_or_no(criterion: Criterion) -> bool:
    terms = {tokenizer.fold(term) for group in criterion.aliases for term in group}
    says_it = _WORDS.phrases("yes_no.answers").search(tokenizer.fold("\n".join(criterion.text.both)))
    return bool(says_it or terms & _WORDS.words("yes_no.answers"))


def _is_cut_offline(criterion: Criterion) -> bool:
    """Whether the offline importer has cut it out of a sentence; such criteria are as good as they can be."""
    return bool(criterion.made) and not criterion.made.startswith("model")


def _reference_faults(question: Question) -> Iterator[Fault]:
    """Where the offline grader does not take the reference for a right answer."""
    grader, name = LexicalGrader(), question.id
    for language, text in (("zh", question.reference.zh), ("en", question.reference.en)):
        levels = grader.covers(question, text) if text.strip() else {}
        for criterion in question.criteria if levels else ():
            values = {"side": language, "criterion": repr(criterion.id), "level": levels[criterion.id]}
            if criterion.kind is Kind.CORE and levels[criterion.id] is not Level.MET:
                yield Fault(name, localized("lint.not_found", **values), near=criterion.id)
            if criterion.kind is Kind.MISTAKE and levels[criterion.id] is not Level.MISSING:
                yield Fault(name, localized("lint.makes_mistake", **values), near=criterion.id)


def _criterion_faults(question: Question, criterion: Criterion) -> Iterator[Localized]:
    if not _is_cut_offline(criterion) and not any(map(_values_halves, question.policy.both if question.policy else ())):
        joined = next((text for text in criterion.text.both if says_two_things(text)), None)
        if joined is not None:
            yield localized("lint.two_things", text=repr(joined))
    # An option of a multiple choice stands in its question.
    if criterion.made != "option" and not has_own_term(question, criterion):
        yield localized("lint.no_own_term")
    if criterion.kind is Kind.MISTAKE and criterion.why is None:
        yield localized("lint.no_why")
    if criterion.kind is Kind.CORE:
        yield from _spoilers(question, criterion)


def _spoilers(question: Question, criterion: Criterion) -> Iterator[Localized]:
    """What is wrong with the probe and the hints; most of all, that they give the point away."""
    for text in criterion.probe.both if criterion.probe else ():
        if len(text) > LONGEST_PROBE:
            yield localized("lint.probe_long", count=len(text), most=LONGEST_PROBE)
        if len(re.findall(r"[?？]", text)) != 1:
            yield localized("lint.probe_one_question", text=repr(text))
        for term in leaks(question, criterion, text):
            yield localized("lint.probe_leaks", term=repr(term))
    for rung, hint in enumerate(criterion.hints, start=1):
        for term in (term for text in hint.both for term in leaks(question, criterion, text)):
            yield localized("lint.hint_leaks", rung=rung, term=repr(term))
