"""Passages marked in a text. Every character of the text is shown once, and nothing is added to it:

numbers beside a passage are drawn by the style sheet from an attribute.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape as esc

from django.utils.safestring import SafeString, mark_safe

from claims.anchors import Span, paragraphs
from claims.models import Statement

REACH = 600  # of a paragraph, at most so much is shown on either side of a passage

Told = tuple[int, Statement]  # its number in the list beside the text


def segments(whole: Span, passages: Iterable[tuple[Span, int]]) -> Iterator[tuple[Span, list[int]]]:
    """The stretch cut at every edge of a passage, each piece with the owners of the passages that cover it.

    Owners stand in the order given: give outer passages first. Linear in the edges and the overlaps.
    """
    opening: dict[int, list[int]] = defaultdict(list)
    closing: dict[int, list[int]] = defaultdict(list)
    edges = set(whole)
    for (start, end), owner in passages:
        start, end = max(start, whole[0]), min(end, whole[1])
        if start < end:
            opening[start].append(owner)
            closing[end].append(owner)
            edges |= {start, end}
    covering: dict[int, None] = {}
    ordered = sorted(edges)
    for start, end in itertools.pairwise(ordered):
        for owner in closing[start]:
            covering.pop(owner, None)
        covering |= dict.fromkeys(opening[start])
        yield (start, end), list(covering)


def marked(text: str, whole: Span, spans: Iterable[Span]) -> SafeString:
    """A stretch of the text with the spans marked."""
    return mark_safe(  # noqa: S308 every part is escaped
        "".join(
            f"<mark>{esc(text[start:end])}</mark>" if owners else esc(text[start:end])
            for (start, end), owners in segments(whole, ((span, 0) for span in spans))
        )
    )


def surroundings(text: str, spans: Sequence[Span]) -> list[Span]:
    """The stretches of the text to show around the spans: their paragraphs, or as much of a long one as helps.

    Paragraphs that follow each other are one stretch.
    """
    found: list[Span] = []
    before = -1
    for number, (start, end) in enumerate(paragraphs(text)):
        inside = [span for span in spans if span[0] < end and span[1] > start]
        if not inside:
            continue
        start, end = max(start, inside[0][0] - REACH), min(end, inside[-1][1] + REACH)
        if found and before == number - 1:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        before = number
    return found


def context(text: str, spans: Sequence[Span]) -> list[SafeString]:
    """The quotation where it stands, one string for each stretch of the text."""
    stretches = []
    for start, end in surroundings(text, spans):
        words = marked(text, (start, end), spans)
        # Marks of omission only where a sentence is cut: a stretch begins and ends with a line otherwise.
        before = "… " if start and text[start - 1] != "\n" else ""
        after = " …" if end < len(text) and text[end] != "\n" else ""
        stretches.append(mark_safe(f"{before}{words}{after}"))  # noqa: S308 escaped in `marked`
    return stretches


def context_kept(statement: Statement) -> list[SafeString]:
    """The same from the few characters kept around each passage, where the whole text may not be shown."""
    return [
        mark_safe(f"… {esc(prefix)}<mark>{esc(exact)}</mark>{esc(suffix)} …")  # noqa: S308 every part is escaped
        for prefix, exact, suffix in zip(statement.prefixes, statement.exacts, statement.suffixes, strict=True)
    ]


def annotated(text: str, told: Sequence[Told], chosen: str = "") -> SafeString:
    """The whole text, every passage a link to its statement; `chosen` is the public id of the one to point out."""
    by_number = dict(told)
    passages = [((start, end), number) for number, statement in told for start, end in statement.spans]
    passages.sort(key=lambda passage: (passage[0][0], -passage[0][1]))
    beginning: dict[int, list[int]] = defaultdict(list)
    for number, statement in told:
        beginning[statement.spans[0][0]].append(number)
    parts: list[str] = []
    for (start, end), numbers in segments((0, len(text)), passages):
        parts.extend(_number(number, by_number[number]) for number in beginning[start])
        words = esc(text[start:end])
        parts.append(_passage(words, [by_number[number] for number in numbers], chosen) if numbers else words)
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped


def _number(number: int, statement: Statement) -> str:
    name = f"Statement {number}, {statement.speaker.name}"
    return (
        f'<a class="ref" id="statement-{statement.public_id}" href="#told-{statement.public_id}"'
        f' data-number="{number}" aria-label="{esc(name)}"></a>'
    )


def _passage(words: str, covering: Sequence[Statement], chosen: str) -> str:
    """One piece: it links to the innermost statement, or to the one that is pointed out."""
    pointed = [statement for statement in covering if statement.public_id == chosen]
    target = (pointed or covering)[-1]
    classes = "passage" + " several" * (len(covering) > 1) + " chosen" * bool(pointed)
    return f'<mark class="{classes}"><a href="{target.get_absolute_url()}">{words}</a></mark>'
