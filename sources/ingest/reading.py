"""Files as they come from outside: bytes to text, JSON to a document that knows its lines, and problems in words."""

import bisect
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, NoReturn

MAX_FILE = 20_000_000  # bytes
MAX_VALUES = 1_000_000  # in one file of JSON: a minute and a gigabyte would go into reading 10 million

Loc = Sequence[str | int]  # the way to a value: keys and positions


def shown(value: object, limit: int = 80) -> str:
    """A foreign value inside one line of ours: short, on one line, nothing that a terminal would act on."""
    words = " ".join(str(value).split())
    words = words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
    return "“" + "".join(char if char.isprintable() else "�" for char in words) + "”"


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and how to mend it. Reads `file:line: where: what`."""

    file: str
    what: str
    line: int | None = None
    where: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.where, self.what) if part)


class Rejected(Exception):
    """Nothing of the file can be taken; `problems` says why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_text(path: str) -> str:
    """The whole file (or standard input, for `-`) as it is, from UTF-8. Raises Rejected."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(MAX_FILE + 1)
    except IsADirectoryError:
        raise Rejected(Problem(name, "is a folder: name a file.")) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Rejected(Problem(name, f"cannot be read: {why}.")) from None
    if len(data) > MAX_FILE:
        raise Rejected(Problem(name, f"is too big: the limit is {MAX_FILE // 1_000_000} MB. Split it."))
    return decode(data, name)


def decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        also = " It looks like UTF-16." if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        byte = f"the byte 0x{data[error.start]:02x} at position {error.start + 1:,}"
        what = f"is not UTF-8: {byte}.{also} Save it as UTF-8."
        raise Rejected(Problem(name, what, line)) from None


NOTHING: Mapping[str | int, "Place"] = {}  # one for all: a file has more plain values than anything else


@dataclass(frozen=True, slots=True)
class Place:
    """The line on which a value begins, and the places of the values within it."""

    line: int
    within: Mapping[str | int, "Place"] = field(default_factory=lambda: NOTHING)


SINGULAR = {
    "statements": "statement",
    "positions": "position",
    "passages": "passage",
    "parties": "party",
    "speakers": "speaker",
    "publishers": "publisher",
    "claims": "claim",
    "affiliations": "affiliation",
    "aliases": "alias",
}


@dataclass(frozen=True)
class Document:
    """JSON that was read, and where in its file everything stands."""

    file: str
    data: Any
    place: Place

    def problem(self, loc: Loc, what: str) -> Problem:
        place = self.place
        for part in loc:
            if part not in place.within:
                break
            place = place.within[part]
        return Problem(self.file, what, place.line, self.name(loc))

    def reject(self, loc: Loc, what: str) -> NoReturn:
        raise Rejected(self.problem(loc, what))

    def name(self, loc: Loc) -> str:
        """`statement 03-02, position 1, stance`: records by their own name, where they have one."""
        words: list[str] = []
        value = self.data
        for part in loc:
            value = _within(value, part)
            if isinstance(part, str):
                words.append(shown(part, 60)[1:-1])
                continue
            own = value.get("id") or value.get("slug") if isinstance(value, dict) else None
            kind = words.pop() if words else "item"
            words.append(f"{SINGULAR.get(kind, kind)} {shown(own, 60)[1:-1] if isinstance(own, str) else part + 1}")
        return ", ".join(words)


def _within(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (LookupError, TypeError):
        return None


def read_json(path: str) -> Document:
    """The document in the file, which may begin with a byte order mark. Raises Rejected."""
    return parse_json(read_text(path).removeprefix("\ufeff"), "standard input" if path == "-" else path)


def parse_json(text: str, name: str) -> Document:
    if not text.strip():
        raise Rejected(Problem(name, "is empty."))
    decoder = _PlacingDecoder(text, name)
    try:
        data = decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Rejected(Problem(name, f"is not JSON: {error.msg}.", error.lineno, f"column {error.colno}")) from None
    except RecursionError:
        raise Rejected(Problem(name, "is nested far deeper than any file of ours.")) from None
    except ValueError:  # what int() says of thousands of digits
        raise Rejected(Problem(name, "has a number that is too long to be one.")) from None
    return Document(name, data, decoder.places[0])


class _PlacingDecoder(json.JSONDecoder):
    """The standard decoder, noting where each value begins; refuses twin keys and what no database holds."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(parse_constant=self._refuse_constant)
        self.name = name
        self.count = 0
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.places: list[Place] = []  # of the values read so far within the value being read
        self.parse_object = self._object
        self.parse_array = self._array
        self.scan_any = py_make_scanner(self)
        self.scan_once = self._value

    def _value(self, string: str, at: int) -> tuple[Any, int]:
        self.count += 1
        if self.count > MAX_VALUES:
            self._reject(self._line(at), f"more than {MAX_VALUES:,} values stand before this line. Split the file.")
        outer, self.places = self.places, []
        value, end = self.scan_any(string, at)
        line = self._line(at)
        if isinstance(value, str):
            self._check_characters(value, line)
        keys = value if isinstance(value, dict) else range(len(self.places))
        outer.append(Place(line, dict(zip(keys, self.places, strict=True)) if self.places else NOTHING))
        self.places = outer
        return value, end

    def _object(self, s_and_end: Any, strict: bool, scan: Any, hook: Any, pairs: Any, memo: Any) -> Any:
        return JSONObject(s_and_end, strict, self._value, None, self._pairs, memo)

    def _array(self, s_and_end: Any, scan: Any) -> Any:
        return JSONArray(s_and_end, self._value)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for (key, value), place in zip(pairs, self.places, strict=True):
            self._check_characters(key, place.line)
            if key in found:
                self._reject(place.line, f"the key {shown(key)} stands twice in one object.")
            found[key] = value
        return found

    def _check_characters(self, words: str, line: int) -> None:
        if bad := re.search("[\0\ud800-\udfff]", words):
            what = "a NUL character" if bad[0] == "\0" else "half of a surrogate pair"
            self._reject(line, f"{what} in {shown(words[: bad.start()], 40)}…, which no text may hold.")

    def _refuse_constant(self, constant: str) -> NoReturn:
        raise Rejected(Problem(self.name, f"{constant} is not JSON."))

    def _line(self, at: int) -> int:
        return bisect.bisect_left(self.line_ends, at) + 1

    def _reject(self, line: int, what: str) -> NoReturn:
        raise Rejected(Problem(self.name, what, line))
