"""How far two codings of one source agree: pure functions on what each of two people marked and read.

Two people do not mark the same passages, so theirs are first laid side by side by the words that they share. What is
then compared for a stance is a unit: one stretch of text, one claim, one holder. Whoever read no such position there
said “none”, which is a value like any other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from claims.anchors import Span

NONE = "none"
Question = tuple[int, int]  # the keys of a claim and of a holder

NO_UNITS = "Nothing to compare."
NO_VARIETY = "Undefined: only one value was ever used, so chance alone would agree as well."


@dataclass(frozen=True)
class Coded:
    """One statement, as far as it is compared: keys stand for rows."""

    key: int
    spans: tuple[Span, ...]
    speaker: int
    kind: str
    stances: Mapping[Question, str] = field(default_factory=dict)
    text: int = 0  # the spans are of one text: a passage of another shares no words with them


@dataclass(frozen=True)
class Pair:
    """A stretch of the text that either marked: the statements of the two on it, or that of one alone."""

    first: Coded | None
    second: Coded | None

    @property
    def both(self) -> tuple[Coded, Coded] | None:
        return (self.first, self.second) if self.first and self.second else None

    @property
    def place(self) -> tuple[int, int]:
        return min((coded.spans[0][0], coded.key) for coded in (self.first, self.second) if coded)


@dataclass(frozen=True)
class Unit:
    pair: int  # its number among the pairs
    claim: int
    holder: int
    first: str
    second: str

    @property
    def is_taken(self) -> bool:
        return (self.first, self.second) != (NONE, NONE)

    @property
    def agrees(self) -> bool:
        return self.first == self.second


@dataclass(frozen=True)
class Figure:
    """Alpha over some units, with what shows how much it rests on."""

    alpha: float | None
    units: int
    agreeing: int
    taken: int  # of the units, those in which at least one of the two read a position
    taken_agreeing: int

    @property
    def why_none(self) -> str:
        return "" if self.alpha is not None else NO_VARIETY if self.units else NO_UNITS


@dataclass(frozen=True)
class Unitising:
    """Agreement on what there is to code, in plain numbers of passages."""

    both: int
    only_first: int
    only_second: int
    same_words: int  # of those that both marked
    same_speaker: int
    same_kind: int


@dataclass(frozen=True)
class Agreement:
    pairs: list[Pair]
    units: list[Unit]
    unitising: Unitising
    overall: Figure
    claims: dict[int, Figure]


def compare(first: Iterable[Coded], second: Iterable[Coded]) -> Agreement:
    pairs = pair(first, second)
    found = units(pairs)
    by_claim = groupby(sorted(found, key=lambda unit: unit.claim), key=lambda unit: unit.claim)
    claims = {claim: figure(list(some)) for claim, some in by_claim}
    return Agreement(pairs, found, unitising(pairs), figure(found), claims)


def overlap(one: Sequence[Span], other: Sequence[Span]) -> int:
    """How many code points are in both."""
    return sum(max(min(end, stop) - max(start, begin), 0) for start, end in one for begin, stop in other)


def pair(first: Iterable[Coded], second: Iterable[Coded]) -> list[Pair]:
    """Lay two codings side by side, in text order: of those that share words, the two that share most first.

    Where several share as many: first those of one speaker, then those that differ least, then as they stand.
    """
    left, right = {coded.key: coded for coded in first}, {coded.key: coded for coded in second}
    candidates = [
        (-shared, a.speaker != b.speaker, _length(a) + _length(b), a.spans[0], b.spans[0], a.key, b.key)
        for a in left.values()
        for b in right.values()
        if a.text == b.text and (shared := overlap(a.spans, b.spans))
    ]
    pairs = []
    for *_, a_key, b_key in sorted(candidates):
        if a_key in left and b_key in right:
            pairs.append(Pair(left.pop(a_key), right.pop(b_key)))
    pairs += [Pair(coded, None) for coded in left.values()] + [Pair(None, coded) for coded in right.values()]
    return sorted(pairs, key=lambda pair: pair.place)


def _length(coded: Coded) -> int:
    return sum(end - start for start, end in coded.spans)


def units(pairs: Sequence[Pair]) -> list[Unit]:
    """Each stretch, asked each question that either of the two answered anywhere."""
    answers = [tuple(coded.stances if coded else {} for coded in (pair.first, pair.second)) for pair in pairs]
    questions = sorted({question for both in answers for one in both for question in one})
    return [
        Unit(number, *question, first.get(question, NONE), second.get(question, NONE))
        for number, (first, second) in enumerate(answers)
        for question in questions
    ]


def unitising(pairs: Sequence[Pair]) -> Unitising:
    matched = [pair.both for pair in pairs if pair.both]
    return Unitising(
        both=len(matched),
        only_first=sum(pair.second is None for pair in pairs),
        only_second=sum(pair.first is None for pair in pairs),
        same_words=sum(a.spans == b.spans for a, b in matched),
        same_speaker=sum(a.speaker == b.speaker for a, b in matched),
        same_kind=sum(a.kind == b.kind for a, b in matched),
    )


def figure(some: Sequence[Unit]) -> Figure:
    taken = [unit for unit in some if unit.is_taken]
    return Figure(
        alpha=nominal_alpha([[unit.first for unit in some], [unit.second for unit in some]]),
        units=len(some),
        agreeing=sum(unit.agrees for unit in some),
        taken=len(taken),
        taken_agreeing=sum(unit.agrees for unit in taken),
    )


def nominal_alpha(observers: Sequence[Sequence[str | None]]) -> float | None:
    """Krippendorff's alpha for values without an order: a row for each observer, a column for each unit.

    None stands for a value that is missing. Undefined, and then None, where no two values could have differed.
    """
    counts = [Counter(value for value in unit if value is not None) for unit in zip(*observers, strict=True)]
    counts = [unit for unit in counts if unit.total() > 1]  # nobody agrees or disagrees with one value alone
    values = sorted({value for unit in counts for value in unit})
    if len(values) < 2:
        return None
    import krippendorff  # here, because numpy comes with it, and nobody else needs that

    table = [[unit[value] for value in values] for unit in counts]
    return float(krippendorff.alpha(value_counts=table, level_of_measurement="nominal"))
