"""How a change of a statement is written: its fields in words, its readings, and what differs word by word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from claims.models import Claim, Statement, Utterance
from claims.templatetags.stance import day, stance_word
from claims.workflow import State
from sources.models import Party, Publisher, Revision, Source, Speaker

GONE = "(deleted since)"
DESK_ONLY = frozenset({"Told elsewhere as"})  # keys of ours, which say nothing to the public
TOO_LONG = 4_000_000  # pairs of words: comparing more than that takes seconds


# What a key in these columns stands for: the model, and how a row of it is called.
NAMED: dict[type[Model], tuple[tuple[str, ...], str]] = {
    Source: (("source_id",), "title"),
    Revision: (("revision_id",), "number"),
    Speaker: (("speaker_id",), "name"),
    Publisher: (("publisher_id",), "name"),
    Party: (("party_id", "holder_id"), "name"),
    Utterance: (("utterance_id",), "external_id"),
    Claim: (("claim_id",), "label"),
}
PEOPLE = ("changed_by_id", "annotated_by_id", "reviewed_by_id")


class Names:
    """What the keys in rows stand for, as far as it is still there. 2 queries."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.users = User.objects.in_bulk(_keys(rows, PEOPLE))
        parts = [_called(model, _keys(rows, columns), name) for model, (columns, name) in NAMED.items()]
        found = parts[0].union(*parts[1:], all=True)
        self.rows = {(model, key): (name, kind) for model, key, name, kind in found}

    def called(self, model: type[Model], key: int | None) -> str:
        if key is None:
            return ""
        name, _ = self.rows.get((model.__name__, key), (GONE, ""))
        return name or f"{model._meta.verbose_name} {key}"

    def claim_kind(self, key: int) -> str:
        return self.rows.get((Claim.__name__, key), ("", Claim.Kind.PROPOSAL))[1]

    def person(self, key: int | None) -> str:
        return str(self.users.get(key, GONE)) if key else ""

    def link(self, relay: Any) -> str:
        """One link of the chain."""
        return self.called(Speaker, relay.speaker_id) or self.called(Publisher, relay.publisher_id)


def _keys(rows: Iterable[Any], columns: tuple[str, ...]) -> set[int]:
    found = {getattr(row, column, None) for row in rows for column in columns}
    return {key for key in found if key is not None}


def _called(model: type[Model], keys: set[int], name: str) -> QuerySet[Any, tuple[str, int, str, str]]:
    rows = model._default_manager.filter(pk__in=keys).order_by()
    rows = rows.annotate(what=Value(model.__name__), called=Cast(name, TextField()))
    return rows.annotate(of_kind=F("kind") if model is Claim else Value("")).values_list(
        "what", "pk", "called", "of_kind"
    )


# The fields


def _place(row: Any, names: Names) -> str:
    stretches = ", ".join(f"{start}–{end}" for start, end in row.spans)
    return f"{stretches} of text {names.called(Revision, row.revision_id)}"


Told = Callable[[Any, Names], str]


def plain(column: str) -> Told:
    return lambda row, names: getattr(row, column)


FIELDS: dict[str, Told] = {
    "Words": plain("quote"),
    "Place": _place,
    "Source": lambda row, names: names.called(Source, row.source_id),
    "Kind": lambda row, names: Statement.Kind(row.kind).label,
    "Reporting verb": plain("cue"),
    "Speaker": lambda row, names: names.called(Speaker, row.speaker_id),
    "Named there as": plain("speaker_as_named"),
    "Spoke for": lambda row, names: names.called(Party, row.party_id),
    "As what": plain("role"),
    "To": plain("addressee"),
    "Occasion": plain("occasion"),
    "Said": lambda row, names: day(row.said_on, row.said_on_precision),
    "Said, as printed": plain("said_on_as_printed"),
    "Said in": plain("language"),
    "In the language in which it was said": plain("original_quote"),
    "Told elsewhere as": lambda row, names: names.called(Utterance, row.utterance_id),
    "Editors’ note": plain("note"),
}
STANDING: dict[str, Told] = {
    "State": lambda row, names: State(row.state).label,
    "Annotated by": lambda row, names: names.person(row.annotated_by_id),
    "Reviewed by": lambda row, names: names.person(row.reviewed_by_id),
}


# The changes


@dataclass(frozen=True)
class Change:
    """One thing that changed: before and after in words, either of them empty where it came or went."""

    label: str
    before: str
    after: str

    @property
    def is_public(self) -> bool:
        return self.label not in DESK_ONLY

    @property
    def marked(self) -> SafeString:
        """Both in one, word by word: what went in `<del>`, what came in `<ins>`."""
        return mark_words(self.before, self.after)


def changes_of(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """Between two sets of the same labels. Other words stand in another place: that goes without saying."""
    moved = before.get("Words") != after.get("Words")
    return [
        Change(label, before[label], after[label])
        for label in before
        if before[label] != after[label] and not (label == "Place" and moved)
    ]


@dataclass(frozen=True)
class Reading:
    """A position in words."""

    row: int
    key: tuple[int, int]  # claim, holder: a statement has one position of a holder on a claim
    about: str
    says: str

    @classmethod
    def of(cls, row: Any, names: Names) -> Reading:
        return cls(
            row=getattr(row, "pgh_obj_id", row.pk),
            key=(row.claim_id, row.holder_id),
            about=f"{names.called(Party, row.holder_id)} on “{names.called(Claim, row.claim_id)}”",
            says=_says(row, names.claim_kind(row.claim_id)),
        )

    @staticmethod
    def changes(before: Iterable[Reading], after: Iterable[Reading]) -> list[Change]:
        """One for each position that came, went or says something else."""
        old, new = {r.key: r for r in before}, {r.key: r for r in after}
        same_row = {r.row: r for r in new.values() if r.key not in old}
        found = []
        for key, was in old.items():
            now = new.get(key) or same_row.pop(was.row, None)
            if now is None:
                found.append(Change(f"Position: {was.about}", was.says, ""))
            elif now.about != was.about:
                found.append(Change("Position", f"{was.about}: {was.says}", f"{now.about}: {now.says}"))
            elif now.says != was.says:
                found.append(Change(f"Position: {was.about}", was.says, now.says))
        return found + [Change(f"Position: {now.about}", "", now.says) for now in same_row.values()]


def _says(row: Any, kind: str) -> str:
    stance = stance_word(row.stance, kind)
    parts = [f"{stance}: {row.condition}" if row.condition else stance]
    if row.strength == "strong":
        parts.append("strongly")
    if row.rationale:
        parts.append(f"read so because: {row.rationale}")
    return "; ".join(parts)


# Word by word


def mark_words(before: str, after: str) -> SafeString:
    """The two texts in one. Where hardly anything stayed, the old whole and then the new."""
    old, new = _tokens(before), _tokens(after)
    if len(old) * len(new) > TOO_LONG:
        return _replaced(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return _replaced(before, after)
    parts: list[SafeString] = []
    for what, i, j, k, m in matcher.get_opcodes():
        was, now = "".join(old[i:j]), "".join(new[k:m])
        parts.append(conditional_escape(was) if what == "equal" else _replaced(was, now))
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped


def _tokens(text: str) -> list[str]:
    """Words with the space behind them, and marks: so that a change of a phrase is one change, not one for each word."""
    return re.findall(r"\w+\s*|\W\s*", text)


def _replaced(before: str, after: str) -> SafeString:
    went = format_html("<del>{}</del>", before) if before else SafeString()
    came = format_html("<ins>{}</ins>", after) if after else SafeString()
    return format_html("{}{}{}", went, " " if went and came else "", came)
