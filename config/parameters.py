"""What a query string may say. One table of parameters reads it, words its mistakes and describes it in the schema."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from config.http import BadQuery


class BadParameters(BadQuery):
    """Parameters that cannot be read: `errors` has one line for each of them, by name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(f"{name}: {line}" for name, line in self.errors.items()))


@dataclass(frozen=True)
class Kind:
    """How a value is read (ValueError: what it has to be) and what the OpenAPI schema says of it."""

    read: Callable[[str], Any]
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Kind
    help: str
    many: bool = False  # repeated, or with commas between: any of them

    def values(self, data: QueryDict) -> list[str]:
        """What is given, without the empty values that a form sends for its empty fields."""
        given = [value.strip() for value in data.getlist(self.name)]
        if self.many:
            given = [part.strip() for value in given for part in value.split(",")]
        return [value for value in given if value]

    def read(self, data: QueryDict) -> Any:
        """The value, the list of values, or None where nothing is given. Raises ValueError."""
        given = self.values(data)
        if any("\0" in value for value in given):
            raise ValueError("has a NUL character, which nothing here can hold.")
        if self.many:
            return [self.kind.read(value) for value in dict.fromkeys(given)] or None
        if len(given) > 1:
            raise ValueError("is given more than once; give it once.")
        return self.kind.read(given[0]) if given else None


def read(data: QueryDict, parameters: Iterable[Parameter], *, strict: bool = False) -> dict[str, Any]:
    """Each parameter's value by its name. Strict: a parameter that is not in the table is a mistake, not ignored.

    Raises BadParameters with all that is wrong.
    """
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, parameter in known.items():
        try:
            values[name] = parameter.read(data)
        except ValueError as error:
            errors[name] = str(error)
    if strict:
        unknown = (name for name in data if name not in known)
        errors |= {name: f"is not a parameter here; there are: {', '.join(sorted(known))}." for name in unknown}
    if errors:
        raise BadParameters(errors)
    return values


# Kinds


def matching(pattern: str, wanted: str) -> Kind:
    def read_text(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"is {shown(value)}: give {wanted}.")
        return value

    return Kind(read_text, {"type": "string", "pattern": f"^{pattern}$"})


def choice(values: Sequence[str]) -> Kind:
    def read_choice(value: str) -> str:
        if value not in values:
            raise ValueError(f"is {shown(value)}: give {', '.join(values[:-1])} or {values[-1]}.")
        return value

    return Kind(read_choice, {"type": "string", "enum": list(values)})


def text(longest: int) -> Kind:
    def read_text(value: str) -> str:
        if len(value) > longest:
            raise ValueError(f"has {len(value)} characters; the limit is {longest}.")
        return value

    return Kind(read_text, {"type": "string", "maxLength": longest})


def whole(least: int, most: int) -> Kind:
    def read_number(value: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f"is {shown(value)}: give a whole number from {least} to {most}.")
        return int(value)

    return Kind(read_number, {"type": "integer", "minimum": least, "maximum": most})


def read_day(value: str) -> datetime.date:
    # The pattern first: fromisoformat also takes 20240505 and 2024-W18-7.
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"is {shown(value)}: give a day as YYYY-MM-DD, for example 2024-05-05.") from None


def shown(value: str) -> str:
    return f"“{value if len(value) <= 40 else value[:39] + '…'}”"


SLUG = matching("[-a-zA-Z0-9_]{1,100}", "a slug: letters, digits, hyphens and underscores")
PUBLIC_ID = matching("[a-z0-9]{12}", "an id: twelve letters and digits")
LANGUAGE = matching("[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,4}", "a BCP 47 tag, for example en or ar-EG")
DAY = Kind(read_day, {"type": "string", "format": "date"})
FLAG = Kind(lambda value: choice(["true", "false"]).read(value) == "true", {"type": "boolean"})
