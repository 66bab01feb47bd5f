"""Who stands beside a reporting verb: a name, a pronoun, or a noun that describes a speaker."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claims.attribution.cues import BETWEEN, DATES, JOINED, NOUNS, PREPOSITIONS, PRONOUNS, TITLES, VERB_FIRST
from claims.attribution.naming import Mention

HIDDEN = "\ufffc"  # stands for each character of quoted words, which say nothing of who is quoted
REACH = 160  # code points: a subject stands no further from its verb
NOUN_PHRASE = re.compile(
    r"(?:^|(?<=[\s,;:(]))(?P<phrase>(?:(?:the|an?|its|their|his|her|this|another|[\w.-]+'s?)\s+)"
    rf"(?P<mods>(?:[\w.'-]+\s+){{0,5}}?)(?P<noun>{'|'.join(NOUNS)})(?:\s+(?:of|for)\s+(?P<of>[\w.'-]+(?:\s+[\w.'-]+){{0,5}}\s*))?)$",
    re.IGNORECASE,
)
OPENINGS = ("The", "A", "An", "That", "This", "What", "And", "But", "As", "When", "If")
NOT_NAMES = {*DATES, *OPENINGS, *(word.title() for word in PREPOSITIONS)}
_TITLES = "|".join(map(re.escape, sorted(TITLES.split(), key=len, reverse=True)))
TITLED = re.compile(  # "White House security spokesman ", "Prime Minister "
    rf"(?<!\S)(?:(?!(?:{'|'.join(NOT_NAMES)})\b)[A-Z][\w.'-]*\s+(?:(?!(?:{'|'.join(PREPOSITIONS)})\b)[a-z]+\s+){{0,3}})*"
    rf"(?:(?:{_TITLES})\s+)+$"
)
AFTER_PREPOSITION = re.compile(rf"\b(?:{'|'.join(PREPOSITIONS)})\s+(?:the\s+)?$", re.IGNORECASE)


JOINT = re.compile(r"\b(?:and|et|y|und)\s+(?:[\w'-]+\s+){0,4}(?:[\w'-]+,\s+)?$")
BROKEN = re.compile(r"[,.;:«»“”\"]|\b(?:that|que|dass)\b")
CAPITALISED = re.compile(
    r"(?<![\w'])[A-ZÀ-Þ][\w'.-]*(?: (?:(?:of|de|al|bin|van|von|and|the) )?[A-ZÀ-Þ][\w'.-]*)*(?<!'s)$"
)


@dataclass(frozen=True)
class Subject:
    """Who a verb says it was: a name, a pronoun or a noun phrase."""

    start: int
    end: int
    mention: Mention | None = None
    sort: str = ""  # of what is not a name: "person", "body", "paper"; "unknown" for a name that no speaker bears
    noun: str = ""
    joint: bool = False  # another name is joined to it
    is_pronoun: bool = False


class Beside:
    """Finds the subjects of verbs in one text, whose quoted words are hidden."""

    def __init__(self, prose: str, mentions: Sequence[Mention], language: str) -> None:
        self.prose, self.mentions, self.language = prose, mentions, language
        self.pronouns = PRONOUNS.get(language, {})
        self.ending = {mention.end: mention for mention in mentions}
        self.starting = {mention.start: mention for mention in mentions}

    def subject(self, verb: re.Match[str], start: int, end: int) -> Subject | None:
        """Whose verb it is, within the sentence [start, end)."""
        start = max(start, verb.start() - REACH)
        if verb["source"] or self.language in VERB_FIRST:
            return self._after(verb.end(), end) or (None if verb["source"] else self._before(start, verb.start()))
        return (
            self._before(start, verb.start()) or self._inverted(verb, start, end) or self._elided(start, verb.start())
        )

    def _before(self, start: int, at: int) -> Subject | None:
        """The nearest; but a name rather than the noun that explains it ("Ada, head of the office, said")."""
        found = [subject for stop in self._stops(start, at) if (subject := self._ending_at(start, stop))]
        if found and found[0].mention is None and not found[0].is_pronoun:
            return next((subject for subject in found if subject.mention), found[0])
        return found[0] if found else None

    def _stops(self, start: int, at: int) -> Iterator[int]:
        """Where the subject may end: at the verb, or before what stands between two commas ("Ada, the mayor, said")."""
        at = self._skip(start, at)
        yield at
        for _ in range(2):
            if at > start and self.prose[at - 1] == ",":
                at = self._skip(start, at - 1)
                yield at
            comma = self.prose.rfind(",", start, at)
            if comma < 0 or self.prose[at : at + 1] != ",":
                return
            at = comma + 1

    def _skip(self, start: int, at: int) -> int:
        while at > start and (word := BETWEEN.search(self.prose, start, at)):
            at = word.start()
        return at

    def _ending_at(self, start: int, stop: int) -> Subject | None:
        if mention := self.ending.get(stop):
            return self._named(mention, start)
        last = re.search(r"[^\W\d_]+$", self.prose[start:stop])
        if last and (pronoun := self._pronoun(start + last.start(), stop)):
            return pronoun
        return self._described(start, stop) or self._unknown(start, stop)

    def _pronoun(self, start: int, end: int) -> Subject | None:
        sort = self.pronouns.get(self.prose[start:end].lower())
        return None if sort is None else Subject(start, end, sort=sort, is_pronoun=True)

    def _named(self, mention: Mention, start: int) -> Subject | None:
        """Unless the name belongs to a phrase: "the office of Ada", "a plan by Ada"."""
        left = self._untitled(start, mention)
        if AFTER_PREPOSITION.search(left):
            return self._described(start, mention.end)
        article = re.search(r"\b[Tt]he\s+$", left)
        first = start + (article.start() if article else len(left))
        return Subject(first, mention.end, mention, joint=bool(JOINT.search(left)))

    def _untitled(self, start: int, mention: Mention) -> str:
        """What stands before a name and its titles."""
        before = self.prose[start : mention.start]
        title = TITLED.search(before)
        return before[: title.start()] if title else before

    def _described(self, start: int, end: int) -> Subject | None:
        found = NOUN_PHRASE.search(self.prose[start:end]) if self.language == "en" else None
        if not found or re.search(r"\b(?:that|which|who|and|in|on)\b", found["of"] or ""):
            return None
        noun = found["noun"].lower()
        return Subject(start + found.start("phrase"), start + found.end("phrase"), sort=NOUNS[noun], noun=noun)

    def _unknown(self, start: int, end: int) -> Subject | None:
        """A capitalised name that no speaker bears."""
        before = self.prose[start:end]
        found = CAPITALISED.search(before)
        if not found or AFTER_PREPOSITION.search(before[: found.start()]) or found[0].split()[0] in NOT_NAMES:
            return None
        return Subject(start + found.start(), end, sort="unknown")

    def _inverted(self, verb: re.Match[str], start: int, end: int) -> Subject | None:
        """“…”, said Ada."""
        before = self.prose[start : verb.start()].rstrip()
        quoted = not before or before[-1] in "”»\"',–—“‘’」』-" + HIDDEN
        return self._after(verb.end(), end) if quoted else None

    def _after(self, at: int, end: int) -> Subject | None:
        """The name, pronoun or noun phrase that follows, with its article and titles."""
        end = min(end, at + 100)
        at += len(self.prose[at:end]) - len(self.prose[at:end].lstrip())
        following = next((m for m in self.mentions if at <= m.start <= end), None)
        if following and not BROKEN.search(self.prose[at : following.start]):
            return None if self._owns(following) else Subject(at, following.end, following)
        words = [at + word.end() for word in re.finditer(r"[\w'-]+", self.prose[at:end])][:8]
        if words and (pronoun := self._pronoun(at, words[0])):
            return pronoun
        described = next((subject for stop in words if (subject := self._described(at, stop))), None)
        if described or self.language in VERB_FIRST:
            return described
        name = re.match(r"[A-ZÀ-Þ][\w'-]+(?: (?:[a-z]{2,3} )?[A-ZÀ-Þ][\w'-]+)*", self.prose[at:end])
        return Subject(at, at + name.end(), sort="unknown") if name and name[0].split()[0] not in NOT_NAMES else None

    def _owns(self, mention: Mention) -> bool:
        return bool(re.match(r"'s?\b|'(?=\s)", self.prose[mention.end : mention.end + 3]))

    def _elided(self, start: int, at: int) -> Subject | None:
        """Of a second verb ("Ada agreed, and added that"): the subject with which the sentence begins."""
        if not JOINED.search(self.prose[start : self._skip(start, at)]):
            return None
        first = re.match(r"\s*(?:(?:In|On|At|After)\s[^,]{1,40},\s)*([\w']+)", self.prose[start:at])
        if first and (pronoun := self._pronoun(start + first.start(1), start + first.end(1))):
            return pronoun
        mention = next((m for m in self.mentions if start <= m.start < min(at, start + 60) and self.is_agent(m)), None)
        return Subject(mention.start, mention.end, mention) if mention else None

    def is_agent(self, mention: Mention) -> bool:
        """Whether the name may be one who acts: it owns nothing here, and no preposition stands before it."""
        return not self._owns(mention) and not AFTER_PREPOSITION.search(
            self._untitled(max(0, mention.start - 60), mention)
        )
