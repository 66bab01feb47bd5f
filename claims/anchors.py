"""Words and where they stand. Pure functions over a text and half-open ranges of its Unicode code points.

A Python string is a sequence of code points, so its own slices are the measure; the database cuts with the same
count (see the triggers of `Statement`).
"""

from collections.abc import Sequence

Span = tuple[int, int]  # [start, end), code points into a revision's text

GAP = " […] "  # stands between the passages of a broken quotation
CONTEXT = 32  # code points kept on either side of a passage, as W3C TextQuoteSelector prefix and suffix


class PassageError(ValueError):
    """A passage cannot be placed. The message says which and why."""


def check_spans(spans: Sequence[Span], length: int) -> None:
    """Raise PassageError unless spans are ordered, apart, not empty and within a text of that length."""
    if not spans:
        raise PassageError("A statement needs at least one passage.")
    before = 0
    for start, end in spans:
        if start < 0 or end > length:
            raise PassageError(f"The passage {start}–{end} reaches beyond the text, which has {length} characters.")
        if start >= end:
            raise PassageError(f"The passage {start}–{end} is empty.")
        if start < before:
            raise PassageError(f"The passage {start}–{end} overlaps the one before it, or stands out of order.")
        before = end


def cut(text: str, spans: Sequence[Span]) -> str:
    """The quotation: what the spans cut from the text, with a gap between passages. Raises PassageError."""
    check_spans(spans, len(text))
    return GAP.join(text[start:end] for start, end in spans)


def locate(text: str, passages: Sequence[str]) -> list[Span]:
    """The spans of passages that each stand in the text exactly once, in order. Raises PassageError."""
    spans: list[Span] = []
    for passage in passages:
        if not passage.strip():
            raise PassageError("A passage is empty.")
        times = text.count(passage) if passage in text else 0
        # str.count skips overlapping finds ("aa" in "aaa"), which are just as ambiguous.
        if times == 1 and text.find(passage, text.index(passage) + 1) != -1:
            times = 2
        if times != 1:
            found = "is not in the text" if not times else f"stands {times} times in the text, not once"
            raise PassageError(f"The passage {found}: “{shorten(passage)}”")
        start = text.index(passage)
        spans.append((start, start + len(passage)))
    check_spans(spans, len(text))
    return spans


def shorten(words: str, limit: int = 80) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def paragraphs(text: str) -> list[Span]:
    """The spans of the paragraphs: the stretches between line breaks that are not blank."""
    found: list[Span] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found
