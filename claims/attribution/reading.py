"""What can be known of an attribution from the words around a passage: a first reading, for an editor to correct.

Pure functions over a text. They look at the paragraphs of the passages and at the one before, and know no topic.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from claims.anchors import Span, paragraphs
from claims.attribution.cues import AS_SAYING, NOUN_BEFORE, cues
from claims.attribution.naming import PLAIN, Mention, Names
from claims.attribution.quoting import quotations
from claims.attribution.subjects import HIDDEN, Beside, Subject

REACH = 3_000  # code points looked at on either side of a passage, and of a long passage itself
LITTLE = {"the", "a", "an", "its", "their", "his", "her", "this", "another", "of", "and"}
RELAYING = {"quote", "quotes", "quoted", "cite", "cites", "cited", "read out", "reads out"}  # somebody else’s words
PLAINLY = {"says", "tells", "adds", "writes", "states"}
FURTHER = 12_000  # code points before that, in which a name is sought where none stands near
VERBS = 200  # weighed at most
PASSAGES = 12  # of a statement in more pieces the first ones tell enough
ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Sen|Rep|Gov|Prof|Jr|Sr|Col|Capt|No|vs|bzw|ca|etc))\.$"
)
STOP = re.compile(r"[.!?…。؟]{1,6}[”»\"'’]*\s+")


@dataclass(frozen=True)
class Reading:
    kind: str  # "direct", "indirect" or "mixed"
    cue: str  # as printed, "" where none is known
    speaker: int | None
    speaker_as_named: str  # as this text names them there, "" where that is not known
    why: str  # for the editor
    sure: bool  # False where the editor should check the speaker


@dataclass(frozen=True)
class Cue:
    """A reporting verb in the text, with whose it is."""

    printed: str
    start: int
    end: int
    subject: Subject | None
    weak: bool  # tells an attitude, in the present ("rejects"), or has no subject


def read(
    text: str,
    spans: Sequence[Span],
    *,
    names: Mapping[int, Sequence[str]],
    spoken: Sequence[tuple[int, int]] = (),
    language: str = "en",
) -> Reading:
    """The kind, cue and speaker of the statement that stands at spans. `spoken`: (place, speaker) of others there."""
    page = _Page(text, spans, Names(names), spoken, language.partition("-")[0].lower())
    kind = page.kind()
    cue = page.cue(kind)
    speaker, named, why, sure = page.speaker(cue)
    return Reading(kind, cue.printed if cue else "", speaker, named, why, sure)


def mentions(text: str, names: Mapping[int, Sequence[str]]) -> list[Mention]:
    """Where a text names these speakers, in order."""
    return Names(names).mentions(text)


class _Page:
    """The paragraphs around the passages, with offsets of its own."""

    def __init__(
        self, text: str, spans: Sequence[Span], names: Names, spoken: Sequence[tuple[int, int]], language: str
    ) -> None:
        self.names = names
        self.printed, self.spans, pieces = _excerpt(text, spans)
        self.text = self.printed.translate(PLAIN)
        self.paragraphs = paragraphs(self.printed)
        self.quotations = [quoted for start, end in self.paragraphs for quoted in quotations(self.printed, start, end)]
        self.prose = self._hide()
        self.sentences = [sentence for paragraph in self.paragraphs for sentence in self._sentences(paragraph)]
        self.mentions = names.mentions(self.prose)
        self.language = language
        self.beside = Beside(self.prose, self.mentions, language)
        self.spoken = self._spoken(spoken, spans[0][0], pieces)
        self.before = text[max(0, pieces[0][0] - FURTHER) : pieces[0][0]]

    def _hide(self) -> str:
        """The text with quoted words blotted out, but for those that themselves quote the passage."""
        start, end = self.spans[0]
        holding = [(a, b) for a, b in self.quotations if a <= start and end <= b]
        prose = list(self.text)
        for a, b in self.quotations:
            if (a, b) not in holding[:-1]:
                prose[a + 1 : b - 1] = HIDDEN * max(0, b - a - 2)
        return "".join(prose)

    def _sentences(self, paragraph: Span) -> Iterator[Span]:
        start, end = paragraph
        for stop in STOP.finditer(self.prose, start, end):
            following = self.prose[stop.end() : stop.end() + 1]
            if following.islower() or ABBREVIATION.search(self.prose, max(start, stop.start() - 6), stop.start() + 1):
                continue
            yield start, stop.end()
            start = stop.end()
        yield start, end

    def _spoken(self, spoken: Sequence[tuple[int, int]], first: int, pieces: Sequence[Span]) -> list[tuple[int, int]]:
        """(place here, speaker) of what was said before the passage; -1 where that is before this excerpt."""
        lowest = pieces[0][0]
        earlier = sorted(entry for entry in spoken if entry[0] < first)
        return [
            (place - lowest if place >= lowest else -1, speaker)
            for place, speaker in earlier
            if speaker in self.names.by_speaker
        ]

    # Kind

    def kind(self) -> str:
        portions = [portion for span in self.spans for portion in self._portions(span)]
        if portions and all(any(a <= s and e <= b for a, b in self.quotations) for s, e in portions):
            return "direct"
        touched = any(a < e and s < b for a, b in self.quotations for s, e in portions)
        return "mixed" if touched else "indirect"

    def _portions(self, span: Span) -> Iterator[Span]:
        """A passage by paragraphs, without the spaces and stops at its ends."""
        for start, end in self.paragraphs:
            words = self.text[max(start, span[0]) : min(end, span[1])]
            if bare := words.strip(" .,;:!?"):
                first = max(start, span[0]) + words.index(bare)
                yield first, first + len(bare)

    # Cue

    def cue(self, kind: str) -> Cue | None:
        """The reporting verb of the passage: outside of it where it is quoted, else rather within it."""
        verbs = ((verb, sentence) for sentence in self._near() for verb in self._verbs(sentence))
        found = [self._cue(verb, *sentence) for verb, sentence in islice(verbs, VERBS)]
        found = [
            cue
            for cue in found
            if (cue.subject or not cue.weak) and not any(_within(cue, other.subject) for other in found)
        ]

        def rank(cue: Cue) -> tuple[bool, bool, bool, int, int]:
            outside = kind != "direct" and self._distance(cue) > 0
            return outside, cue.weak, not cue.subject, self._distance(cue), cue.start

        return min(found, key=rank, default=None)

    def _near(self) -> list[Span]:
        """The sentences that the passages touch."""
        return [(a, b) for a, b in self.sentences if any(a < e and s < b for s, e in self.spans)]

    def _verbs(self, sentence: Span) -> Iterator[re.Match[str]]:
        for verb in cues(self.language).finditer(self.prose, *sentence):
            noun = self.language == "en" and NOUN_BEFORE.search(
                self.prose, max(sentence[0], verb.start() - 20), verb.start()
            )
            if not noun and not AS_SAYING.match(self.prose, verb.end()):
                yield verb

    def _cue(self, verb: re.Match[str], start: int, end: int) -> Cue:
        subject = self.beside.subject(verb, start, end)
        present = verb["cue"].split()[0].endswith("s") and verb["cue"] not in PLAINLY
        weak = bool(verb["source"] or (verb["stance"] and not subject) or (self.language == "en" and present))
        return Cue(self.printed[verb.start("cue") : verb.end("cue")], *verb.span("cue"), subject, weak)

    def _distance(self, cue: Cue) -> int:
        return min(max(s - cue.end, cue.start - e, 0) for s, e in self.spans)

    # Speaker

    def speaker(self, cue: Cue | None) -> tuple[int | None, str, str, bool]:
        """(speaker, as named, why, sure)"""
        subject = cue.subject if cue else None
        if cue is None or subject is None:
            return self._named_near() or self._last(self.spans[0][0])
        named = self.printed[subject.start : subject.end]
        if subject.mention:
            if cue.printed.lower() in RELAYING:
                return (
                    subject.mention.speaker,
                    named,
                    f"Named beside “{cue.printed}”, but maybe as a relay: check.",
                    False,
                )
            sure = subject.mention.sure and not subject.joint
            why = (
                f"Named beside “{cue.printed}”."
                if sure
                else f"Named beside “{cue.printed}”, but maybe not alone: check."
            )
            return subject.mention.speaker, named, why, sure
        if (known := self._called(subject)) is not None:
            return known, named, f"Meant by the words beside “{cue.printed}”: check.", False
        if subject.sort == "unknown":
            return None, named, f"“{named}” is not among the speakers known here.", False
        speaker, _, why, _ = self._last(cue.start, subject.sort)
        return speaker, named, why, False

    def _named_near(self) -> tuple[int, str, str, bool] | None:
        """The name in the sentence of the passage, but outside of it."""
        (start, _), (_, end) = self.spans[0], self.spans[-1]
        near = [m for a, b in self._near() for m in self.mentions if a <= m.start < b and self.beside.is_agent(m)]
        outside = [m for m in near if not any(s <= m.start < e for s, e in self.spans)]
        if not outside:
            return None
        nearest = min(outside, key=lambda m: max(start - m.end, m.start - end))
        return nearest.speaker, self.printed[nearest.start : nearest.end], "Named in the same sentence: check.", False

    def _called(self, subject: Subject) -> int | None:
        """The one speaker with these words in a name: "The ministry" of a Ministry of Health."""
        if subject.sort not in {"person", "body", "unknown"}:
            return None
        wanted = [
            word
            for word in re.findall(r"[\w'.]+", self.text[subject.start : subject.end].lower())
            if word not in LITTLE
        ]
        lately = [speaker for _, speaker in self._events(len(self.text))]
        fits = [(self._fit(key, wanted, subject), key in lately, key) for key in self.names.by_speaker]
        best = sorted((fit for fit in fits if fit[0] > 0), reverse=True)
        if not best or (len(best) > 1 and best[0][:2] == best[1][:2]):
            return None
        return best[0][2]

    def _fit(self, key: int, wanted: Sequence[str], subject: Subject) -> float:
        """The share of the words that a name of the speaker has, and a little for its shortness; 0 without the noun."""
        best = 0.0
        for name in self.names.by_speaker[key]:
            words = re.findall(r"[\w'.]+", name.lower())
            head = re.findall(r"[\w'.]+", name.lower().partition(" of ")[0])
            if (subject.noun and subject.noun not in head) or not wanted:
                continue
            has = sum(
                any(word == other or (len(other) > 4 and word.startswith(other)) for other in words) for word in wanted
            )
            if subject.noun or has == len(wanted):
                best = max(best, has / len(wanted) + 0.1 / len(words))
        return best

    def _events(self, before: int) -> list[tuple[int, int]]:
        """(place, speaker) of those who act or have spoken before a place, in order."""
        acting = [(m.start, m.speaker) for m in self.mentions if m.start < before and self.beside.is_agent(m)]
        return sorted([*(entry for entry in self.spoken if entry[0] < before), *acting])

    def _last(self, before: int, sort: str = "") -> tuple[int | None, str, str, bool]:
        """Who acted or spoke last, of those whom a pronoun or noun of that sort can mean."""
        for place, speaker in reversed(self._events(before)):
            if self._may_be(speaker, sort):
                spoke = (place, speaker) in self.spoken
                return (
                    speaker,
                    "",
                    "Spoke last in this article: check." if spoke else "The last one named before: check.",
                    False,
                )
        for mention in reversed(self.names.mentions(self.before)):
            if self._may_be(mention.speaker, sort):
                return mention.speaker, "", "The last one named before: check.", False
        return None, "", "The words around do not tell who spoke.", False

    def _may_be(self, speaker: int, sort: str) -> bool:
        return (speaker in self.names.people) == (sort == "person") if sort in {"person", "body"} else True


def _within(cue: Cue, subject: Subject | None) -> bool:
    """Whether what looks like a verb belongs to who is said to speak ("the mediating states called")."""
    return subject is not None and subject.start <= cue.start < subject.end


def _excerpt(text: str, spans: Sequence[Span]) -> tuple[str, list[Span], list[Span]]:
    """The paragraphs of the passages and the one before; the passages therein; where its pieces stood in the text."""
    pieces: list[Span] = []
    parts: list[str] = []
    placed: list[Span] = []
    length = 0
    for start, end in spans[:PASSAGES]:
        end = min(end, start + REACH)
        low, high = _paragraph_before(text, start), _paragraph_end(text, end)
        if pieces and low <= pieces[-1][1]:
            low = pieces[-1][1]
            offset = length - low
        else:
            parts.append("\n\n" if parts else "")
            length += len(parts[-1])
            offset = length - low
            pieces.append((low, low))
        high = max(high, low)
        parts.append(text[low:high])
        length += high - low
        pieces[-1] = (pieces[-1][0], high)
        placed.append((start + offset, end + offset))
    return "".join(parts), placed, pieces


def _paragraph_before(text: str, at: int) -> int:
    """Where the paragraph before that of `at` begins, as far as it is within reach."""
    low = max(0, at - REACH)
    before = text[low:at]
    own = before.rfind("\n") + 1
    return low + before[:own].rstrip().rfind("\n") + 1


def _paragraph_end(text: str, at: int) -> int:
    stop = text.find("\n", at, at + REACH)
    return stop if stop >= 0 else min(len(text), at + REACH)
