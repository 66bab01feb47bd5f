"""What an editor types to make a statement: the exact words, or their places, found again in the source's text."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from claims.anchors import PassageError, Span, check_spans, cut, locate, shorten
from claims.models import Statement
from sources.forms import WordsField
from sources.models import Revision

FIELDS = [
    "kind",
    "cue",
    "speaker",
    "speaker_as_named",
    "party",
    "role",
    "addressee",
    "occasion",
    "said_on",
    "said_on_precision",
    "said_on_as_printed",
    "language",
    "original_quote",
    "utterance",
    "note",
]
FILLED_IN = ("party", "role", "said_on")  # by `Statement.objects.record`, where the editor leaves them empty
SHOWN_PLACES = 10


def pasted_passages(text: str, pasted: str) -> list[str]:
    """The passages of a text area: a blank line stands between two.

    Words that run over a blank line of the text itself stay one passage.
    """
    whole = pasted.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n")
    if not whole:
        return []
    if whole in text:
        return [whole]
    return [part.strip(" \t\n") for part in re.split(r"\n[ \t]*\n+", whole)]


def find_places(text: str, passage: str) -> list[Span]:
    """Everywhere that the words stand, overlapping finds too; no more than can be shown."""
    places: list[Span] = []
    at = text.find(passage)
    while at != -1 and len(places) < SHOWN_PLACES:
        places.append((at, at + len(passage)))
        at = text.find(passage, at + 1)
    return places


def written(places: Sequence[Span]) -> str:
    return ", ".join(f"{start}-{end}" for start, end in places)


def read_places(typed: str) -> list[Span]:
    """`120-168, 200-230` as spans. Raises PassageError for anything else."""
    spans: list[Span] = []
    for part in re.split(r"[,;]|(?<=\d)\s+(?=\d)", typed.strip().strip(",;")):
        match = re.fullmatch(r"(\d{1,9})\s*[-–]\s*(\d{1,9})", part.strip())
        if not match:
            raise PassageError(f"“{shorten(part)}” is not a place. Write start-end, for example 120-168, 200-230.")
        spans.append((int(match[1]), int(match[2])))
    return spans


def place(text: str, pasted: str, places: str) -> list[Span]:
    """The spans of what was pasted, or of the places where those are given; given both, they must agree."""
    passages = pasted_passages(text, pasted)
    if not places.strip():
        return _located(text, passages)
    spans = read_places(places)
    words = cut(text, spans)
    if passages and passages != [text[start:end] for start, end in spans]:
        raise PassageError(f"At these places stands “{shorten(words)}”, which is not what the passages say.")
    return spans


def _located(text: str, passages: Sequence[str]) -> list[Span]:
    """`locate`, with what an editor can do about a passage that is absent, stands twice, or is out of order."""
    for passage in passages:
        places = find_places(text, passage)
        if len(places) > 1:
            raise PassageError(
                f"The passage stands {'at least ' * (len(places) == SHOWN_PLACES)}{len(places)} times in the text, not once: "
                f"“{shorten(passage)}”. It is at {written(places)}: write the one that you mean under “Places”."
            )
        if not places and passage:
            raise PassageError(
                f"The passage is not in the text: “{shorten(passage)}”. Copy it from the text to the character: "
                "spaces, quotation marks and line breaks count."
            )
    spans = locate(text, passages)
    check_spans(spans, len(text))
    return spans


class StatementForm(forms.ModelForm):
    """A statement as typed. `cleaned_data` has `revision` and `spans` where its place in the text is new."""

    passages = WordsField(
        rows=6,
        required=False,
        help_text="The exact words, copied from the text. For a quotation broken by its attribution (“We will not,” he said, "
        "“accept it.”) leave a blank line between its passages, in the order in which they stand.",
    )
    places = forms.CharField(
        required=False,
        max_length=500,
        help_text="Only for words that stand in the text more than once: start-end in characters, for example 120-168. "
        "Passages with commas between: 120-168, 200-230.",
    )
    based_on = forms.IntegerField(  # the version that was opened: another one saved since is not overwritten silently
        required=False, widget=forms.HiddenInput
    )
    newest_text = forms.BooleanField(
        label="Place it in the newest text",
        required=False,
        help_text="The source has a newer text than the one that this statement stands on. Tick to find its words there.",
    )

    class Meta:
        model = Statement
        fields: list[str] = []  # the admin's fieldsets say which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["passages"] = "\n\n".join(self.instance.exacts)
            self.initial["based_on"] = self.instance.version
        if not self.instance.pk and "said_on" in self.fields:
            self.fields["said_on"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        revision = self._revision(cleaned)
        if revision is None or {"passages", "places"} & self.errors.keys():
            return cleaned
        pasted, places = cleaned.get("passages", ""), cleaned.get("places", "")
        if self.instance.pk and "passages" not in self.changed_data:
            if not places.strip() and not cleaned.get("newest_text"):
                return cleaned  # it stays where it is
            pasted = "" if places.strip() else pasted
        try:
            cleaned |= {"spans": place(revision.text, pasted, places), "revision": revision}
        except PassageError as error:
            self.add_error("places" if places.strip() else "passages", str(error))
        return cleaned

    def _revision(self, cleaned: dict[str, Any]) -> Revision | None:
        """The text to look in: the newest of the source."""
        source = self.instance.source if self.instance.pk else cleaned.get("source")
        if source is None:
            return None
        revision: Revision | None = source.newest_revision
        if revision is None:
            self.add_error(None, ValidationError("This source has no text yet: give it one on its own page first."))
        return revision

    def what_is_new(self) -> dict[str, Any]:
        """The arguments for `record`, `edit` or `correct`: only what was given, or what was changed."""
        cleaned = self.cleaned_data
        new: dict[str, Any] = {name: cleaned[name] for name in ("revision", "spans") if name in cleaned}
        for name in FIELDS:
            if name not in self.fields:
                continue
            empty = cleaned[name] in (None, "")
            if name in self.changed_data if self.instance.pk else not (empty and name in FILLED_IN):
                new[name] = cleaned[name]
        return new


class CorrectionForm(StatementForm):
    """The same for a published statement, with the note that the public will read."""

    comment = forms.CharField(
        label="Public note",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="What was wrong and what is right now. Anyone who opens the statement reads it.",
    )
