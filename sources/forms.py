"""What an editor types about sources and speakers: texts kept to the character, names one to a line."""

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from sources.models import Source, Speaker
from sources.models.document import MAX_TEXT, check_text

BYTES_PER_CHARACTER = 4  # at most, in UTF-8


class ParagraphsField(forms.CharField):
    """Text over several lines. Browsers send line ends as `\\r\\n`; the record has them as `\\n`."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class WordsField(ParagraphsField):
    """Words as published: nothing is stripped, and any direction of writing is shown as it runs."""

    def __init__(self, *, rows: int = 12, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "cols": 80, "dir": "auto", "class": "vLargeTextField words"})
        super().__init__(strip=False, widget=widget, **kwargs)
        # A NUL gets the words of `check_text`, which name its line.
        self.validators = [v for v in self.validators if getattr(v, "code", "") != "null_characters_not_allowed"]


class LinesField(forms.CharField):
    """A list of names, one to a line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 60, "dir": "auto"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override] # a list of lines
        lines = (line.strip() for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


def read_upload(file: UploadedFile) -> str:
    """The text of an uploaded file, every byte of its UTF-8 kept. Raises ValidationError, saying where it breaks off."""
    if (file.size or 0) > MAX_TEXT * BYTES_PER_CHARACTER:
        raise ValidationError(f"The file has {file.size:,} bytes; no text of {MAX_TEXT:,} characters needs as many.")
    file.seek(0)
    content = file.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValidationError(
            f"The file is not UTF-8: line {line}, byte {error.start + 1:,} is not part of any character. "
            "Save it as UTF-8 and choose it again."
        ) from error


class SourceForm(forms.ModelForm):
    """A source and its text. Without one on the record yet, a text is asked for; later, a new one is a new revision."""

    text = WordsField(
        rows=20,
        required=False,
        help_text="Paste the text as published. Every character is kept, invisible ones too; only line ends become plain.",
    )
    file = forms.FileField(
        label="or a text file",
        required=False,
        help_text="A .txt file in UTF-8, instead of pasting. Kept byte for byte.",
    )

    class Meta:
        model = Source
        fields: list[str] = []  # the admin's fieldsets say which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["text"].label = "New text"
            self.fields["text"].help_text = (
                "Only if the publisher has changed the article: paste the whole of it as it stands now. It becomes the next "
                "revision. Statements stay on the words that they were made from."
            )

    def clean(self) -> dict[str, Any]:
        """`cleaned_data["text"]` is what to keep as the newest revision, or empty where nothing new was given."""
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("text") or "", cleaned.get("file")
        if "file" in self.errors or "text" in self.errors:
            return cleaned
        if pasted and file:
            self.add_error("file", "Paste the text or choose a file, not both.")
        elif pasted or file:
            self._check("file" if file else "text", file, pasted)
        elif not self.instance.pk:
            self.add_error("text", "Paste the text, or choose a file that holds it.")
        return cleaned

    def _check(self, field: str, file: UploadedFile | None, pasted: str) -> None:
        try:
            self.cleaned_data["text"] = check_text(read_upload(file) if file else pasted)
        except ValidationError as error:
            self.add_error(field, error)


class SpeakerForm(forms.ModelForm):
    aliases = LinesField(
        required=False, help_text="Other names and spellings under which texts mention the speaker, one to a line."
    )

    class Meta:
        model = Speaker
        fields: list[str] = []  # the admin's fieldsets say which


def in_words(error: Exception) -> list[str]:
    """What a refused write says to the person: a model's message, or that of the constraint that spoke."""
    if isinstance(error, ValidationError):
        return error.messages
    diagnosis = getattr(error.__cause__, "diag", None) if isinstance(error, IntegrityError) else None
    if diagnosis is None:
        return [str(error)]
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == diagnosis.constraint_name:
                return [str(constraint.get_violation_error_message())]
    return [diagnosis.message_primary]  # a trigger's own words
