"""Words and where they stand, in code points, over every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.anchors import GAP, PassageError, check_spans, cut, locate, paragraphs

SCRIPTS = st.text(
    st.sampled_from(
        "ab .“”\n👩‍👩‍👧🇵🇸e\u0301\u05e9\u05b8\u05dc\u0633\u0644\u0627\u0645\u200f\u200e\u00ad\u00a0\u200d𝒳한글नि"
    ),
    min_size=1,
    max_size=60,
)


@st.composite
def text_and_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(SCRIPTS)
    ends = (
        draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True).map(sorted))
        if len(text) > 1
        else [0, 1]
    )
    return text, [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]


@given(text_and_spans())
def test_the_quote_is_the_slices_joined_by_the_gap(drawn: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = drawn
    assert cut(text, spans) == GAP.join(text[start:end] for start, end in spans)


@given(text_and_spans())
def test_passages_that_stand_once_are_found_where_they_were_cut(drawn: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = drawn
    passages = [text[start:end] for start, end in spans]
    starts = [[at for at in range(len(text)) if text.startswith(passage, at)] for passage in passages]
    if all(len(found) == 1 for found in starts) and all(passage.strip() for passage in passages):
        assert locate(text, passages) == spans
    else:
        with pytest.raises(PassageError):
            locate(text, passages)


@pytest.mark.parametrize(
    ("passages", "reason"),
    [
        (["not there"], "is not in the text: “not there”"),
        (["the"], "stands 2 times in the text, not once: “the”"),
        (["aa"], "stands 2 times"),
        (["end", "the cat"], "out of order"),
        (["cat aaa", "aaa"], "overlaps the one before"),
        ([" "], "A passage is empty"),
        ([], "at least one passage"),
    ],
)
def test_a_passage_that_cannot_be_placed_is_named_with_the_reason(passages: list[str], reason: str) -> None:
    with pytest.raises(PassageError, match=reason):
        locate("the cat aaa the end", passages)


@pytest.mark.parametrize(
    "spans", [[], [(2, 2)], [(3, 1)], [(-1, 2)], [(0, 11)], [(0, 4), (3, 6)], [(5, 6), (0, 1)]], ids=str
)
def test_spans_that_are_not_well_formed_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(PassageError):
        check_spans(spans, 10)


@given(SCRIPTS)
def test_paragraphs_are_the_lines_that_are_not_blank(text: str) -> None:
    assert [text[start:end] for start, end in paragraphs(text)] == [line for line in text.split("\n") if line.strip()]
