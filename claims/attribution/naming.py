"""Where a text names a speaker: by name or alias, or by a person's surname, as whole words."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_](?:[\w'’-]*\w)?(?:\.(?=\w))?")
PLAIN = str.maketrans("’‘ʼ\u00a0", "''' ")  # as many characters as before
SMALL = {"al", "el", "de", "del", "da", "di", "van", "von", "der", "den", "bin", "ibn", "bint", "ben", "la", "le", "of"}
NOT_A_PERSON = re.compile(
    r"\(|\b(?:the|of|and|ministry|office|government|party|movement|house|council|army|organi[sz]ation|group|union|agency|committee"
    r"|department|news|forces?|front|brigades?|nations?|states?|court|parliament|bank|association|federation|company|university)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """One place where a text names a speaker."""

    speaker: int  # its key
    start: int
    end: int
    name: str  # as printed there
    sure: bool = True  # False where another speaker bears the same name


class Names:
    """The names of all candidates, found by their first word: a text is read once, whatever their number."""

    def __init__(self, names: Mapping[int, Sequence[str]]) -> None:
        self.by_speaker = {key: [_bare(name) for name in called if _bare(name)] for key, called in names.items()}
        self.people = {key for key, called in names.items() if called and is_person(called[0])}
        self._owners: dict[str, set[int]] = defaultdict(set)
        for key, called in self.by_speaker.items():
            for name in called:
                self._owners[name].add(key)
        self._add_surnames()
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._owners, key=len, reverse=True):
            if first := WORD.match(name):
                self._by_first[first[0].casefold()].append(name)

    def _add_surnames(self) -> None:
        shared = Counter(surname for key in self.people for surname in self.surnames(key))
        for key in self.people:
            for surname in self.surnames(key):
                if shared[surname] == 1:
                    self._owners.setdefault(surname, {key})

    def surnames(self, key: int) -> set[str]:
        last = {name.split()[-1] for name in self.by_speaker[key] if len(name.split()) > 1 and is_person(name)}
        return {
            word for word in last if len(word) > 2 and word.lower() not in {"jr.", "sr.", "iii"} and _capitalised(word)
        }

    def mentions(self, text: str) -> list[Mention]:
        """In order of place; of names that overlap the longest."""
        text = text.translate(PLAIN)
        found = sorted(self._all(text), key=lambda mention: (mention.start - mention.end, mention.start))
        taken: list[Mention] = []
        ends: dict[int, int] = {}
        for mention in found:
            if not any(at in ends for at in range(mention.start, mention.end)):
                ends.update(dict.fromkeys(range(mention.start, mention.end), mention.end))
                taken.append(mention)
        return sorted(taken, key=lambda mention: mention.start)

    def _all(self, text: str) -> Iterator[Mention]:
        for word in WORD.finditer(text):
            for skipped in (0, 1) if word[0][0] in "וو" else (0,):
                yield from self._at(text, word.start() + skipped, word[0][skipped:])

    def _at(self, text: str, at: int, word: str) -> Iterator[Mention]:
        first = word.casefold().removesuffix("'s").rstrip("'.")
        for name in {*self._by_first.get(first, ()), *self._by_first.get(word.casefold(), ())}:
            end = at + len(name)
            if _same(text[at:end], name) and not _goes_on(text, end):
                owners = self._owners[name]
                yield Mention(min(owners), at, end, text[at:end], len(owners) == 1)


def is_person(name: str) -> bool:
    """Whether a name looks like a person's: two words or more, all capitalised but for particles."""
    words = name.split()
    return (
        len(words) > 1
        and not NOT_A_PERSON.search(name)
        and all(_capitalised(word) or word.lower() in SMALL for word in words)
    )


def _bare(name: str) -> str:
    """Without what is in brackets and a leading article."""
    return re.sub(r"^The\s+|\s*\([^)]*\)", "", name).translate(PLAIN).strip()


def _capitalised(word: str) -> bool:
    """al-Ansari too; and any word of a script that knows no capitals."""
    return any(
        part[:1].isupper() or (part[:1].isalpha() and not part[:1].islower()) for part in re.split(r"[-']", word)
    )


def _same(printed: str, name: str) -> bool:
    """The first letter as written, unless the name begins small and the sentence with it; the others in either case."""
    if printed.casefold() != name.casefold():
        return False
    return printed[0] == name[0] or name[0].islower()


def _goes_on(text: str, end: int) -> bool:
    return end < len(text) and (text[end].isalnum() or (text[end] == "-" and text[end + 1 : end + 2].isalpha()))
