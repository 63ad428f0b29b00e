"""Error bodies of any shape, as a strategy of hypothesis."""

from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "metadata", "loc", "msg", "x"]), children, max_size=4
        )
    ),
    max_leaves=12,
)
