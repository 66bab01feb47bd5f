"""One plain text as a source, every character kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from sources.ingest.reading import Rejected, read_text, shown
from sources.ingest.records import nearest, read_day
from sources.models import Publisher, Source
from sources.models.document import check_text


class Command(BaseCommand):
    help = (
        "Import one document from a file of plain text in UTF-8, or from standard input (-). Every character is kept, "
        "a byte order mark too; only line ends become \\n. A source of that name (--external-id) or address (--url) is "
        "not added twice: the same text changes nothing, another text becomes its newest revision, and its record stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a file, or - for standard input")
        parser.add_argument("--title", required=True)
        parser.add_argument("--publisher", required=True, metavar="SLUG")
        parser.add_argument("--publisher-name", metavar="NAME", help="make the publisher under this name if it is new")
        parser.add_argument("--published-on", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--url", help="its address, where it has one")
        parser.add_argument("--language", default="en", metavar="TAG", help="BCP 47 tag, for example ar (default: en)")
        parser.add_argument("--medium", default=Source.Medium.ARTICLE.value, help=", ".join(Source.Medium.values))
        parser.add_argument("--licence", default="")
        parser.add_argument(
            "--full-text-public", action="store_true", help="the licence lets anyone read the whole text"
        )
        parser.add_argument("--external-id", metavar="NAME", help="a name of your own, by which it is found again")

    def handle(
        self,
        *,
        file: str,
        publisher: str,
        publisher_name: str | None,
        published_on: str,
        verbosity: int,
        **options: Any,
    ) -> None:
        try:
            text = check_text(read_text(file))
            with transaction.atomic():
                source = Source(
                    publisher=publisher_called(publisher, publisher_name),
                    published_on=day(published_on),
                    **record(options),
                )
                said = keep(source, text)
        except Rejected as rejected:
            raise CommandError(str(rejected)) from None
        except ValidationError as error:
            raise CommandError(in_words(error, file)) from None
        except UnicodeEncodeError:  # the shell handed over bytes that are no text
            raise CommandError("an option is not UTF-8: write it in UTF-8.") from None
        except IntegrityError:
            raise CommandError("somebody added the same source at the same time: run this again.") from None
        if verbosity:
            self.stdout.write(said)


def record(options: dict[str, Any]) -> dict[str, Any]:
    names = ("title", "url", "language", "medium", "licence", "full_text_public", "external_id")
    return {name: options[name] for name in names} | {name: options[name] or None for name in ("url", "external_id")}


def publisher_called(slug: str, name: str | None) -> Publisher:
    known = Publisher.objects.filter(slug=slug).first()
    if known:
        return known
    if name is None:
        near = nearest(slug, Publisher.objects.values_list("slug", flat=True)[:5_000])
        make = f' Or make it: --publisher-name "Its Name" beside --publisher {slug}.'
        raise CommandError(f"no publisher is called {shown(slug)}.{near}{make}")
    made = Publisher(slug=slug, name=name)
    made.full_clean()
    made.save()
    return made


def day(value: str) -> Any:
    try:
        return read_day(value)
    except ValueError as error:
        raise CommandError(f"--published-on: {error}") from None


def keep(source: Source, text: str) -> str:
    """Write what is not there yet, and say what was done."""
    known = same_source(source, text)
    if known is None:
        source.full_clean()
        source.save()
        source.add_revision(text)
        return f"created: source {source.public_id}, {len(text):,} characters."
    before = known.newest_revision
    revision = known.add_revision(text)
    if revision == before:
        return f"unchanged: source {known.public_id} has this text."
    return f"updated: source {known.public_id} has revision {revision.number}, {len(text):,} characters."


def same_source(source: Source, text: str) -> Source | None:
    """The one of that name or address; without either, the one that is alike to the letter."""
    if source.external_id or source.url:
        named = Source.objects.filter(external_id=source.external_id) if source.external_id else Source.objects.none()
        return named.first() or (Source.objects.filter(url=source.url).first() if source.url else None)
    alike = Source.objects.filter(publisher=source.publisher, title=source.title, published_on=source.published_on)
    return next((other for other in alike if other.newest_revision and other.newest_revision.text == text), None)


def in_words(error: ValidationError, file: str) -> str:
    """One line: each option with what is wrong with it; the text's problems with the file."""
    if not hasattr(error, "error_dict"):
        return f"{'standard input' if file == '-' else file}: {' '.join(error.messages)}"
    return "; ".join(
        " ".join(messages) if field == NON_FIELD_ERRORS else f"--{field.replace('_', '-')}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )
