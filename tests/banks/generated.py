"""Banks with texts that YAML could take for something else, made by hypothesis."""

from dataclasses import replace

from hypothesis import strategies as st

from interviewer.domain.rubric import Criterion, Group, ImportOrigin, Kind, Localized, Question

NASTY = ["no", "0.10", "null", "~", "a: b", "# not a comment", "- a", "  two spaces", "end ", "'", '"', "a\n\n  b\n", "|", ">-",
         "👩‍💻", "\x07bell", "tab\tin", "x\u2028y", "\ufeffmark", "&a", "*a", "!tag", "%", "@at", "`", "{a: b}", "[a, b]", "a, b",
         "? key", "---", "...", "=", "<<", "a #b", "a:\n  b", "\n", "x" * 300, "y" * 200 + "\n z", "\\n", "$x", "e\u0301", "\xa0x"]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
SOME = TEXT.filter(lambda text: bool(text.strip()))
TERM = SOME.filter(lambda text: bool(text.strip(" …")))
LOCALIZED = st.one_of(
    st.builds(Localized, zh=SOME), st.builds(Localized, en=SOME), st.builds(Localized, zh=SOME, en=TEXT)
)
CRITERION = st.builds(
    Criterion,
    st.just("c"),
    LOCALIZED,
    st.just(Kind.CORE),
    st.floats(min_value=0.001, max_value=100),
    st.lists(st.lists(TERM, min_size=1, max_size=3).map(tuple), max_size=2).map(tuple),
    st.none() | LOCALIZED,
    st.lists(LOCALIZED, max_size=2).map(tuple),
    st.just("") | SOME,
)
GROUPED = st.tuples(CRITERION, st.none() | LOCALIZED, st.floats(min_value=0.001, max_value=100)).map(
    lambda made: {
        "criteria": (
            replace(made[0], group="g"),
            replace(made[0], id="d", group="g"),
            replace(made[0], id="m", kind=Kind.MISTAKE, why=made[1]),
        ),
        "groups": (Group("g", 1, made[2], made[1]),),
        "policy": made[1],
    }
)
MADE = st.builds(ImportOrigin, TEXT, st.integers(0, 10**6), TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple))
QUESTION = st.builds(
    Question,
    id=st.just("q"),
    text=LOCALIZED,
    reference=LOCALIZED,
    criteria=CRITERION.map(lambda criterion: (criterion,)),
    topic=TEXT,
    difficulty=st.integers(1, 3),
    source=TEXT,
    correction=st.none(),
    dispute=st.none() | LOCALIZED,
    made=st.none() | MADE,
)
