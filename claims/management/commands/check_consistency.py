"""Every rule that no constraint can say, asked of the whole database."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model, QuerySet

SHOWN = 10


class Command(BaseCommand):
    help = "Run every `inconsistent_*` query of the models. Exits 1 if any of them finds a row."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        wrong = 0
        for name, rows in audits():
            count = rows.count()
            wrong += count
            if count:
                examples = ", ".join(key(row) for row in rows[:SHOWN])
                self.stdout.write(f"{name}: {count:,}: {examples}{' …' if count > SHOWN else ''}")
            elif verbosity > 1:
                self.stdout.write(f"{name}: 0")
        if wrong:
            raise CommandError(f"rows that contradict each other: {wrong:,}, listed above.")
        if verbosity:
            self.stdout.write("Nothing wrong.")


def audits() -> Iterator[tuple[str, QuerySet[Any]]]:
    """Every `inconsistent_*` of every model, as `Model.method` and its rows. Proxies would say the same twice."""
    for model in apps.get_models():
        rows = model._default_manager.all()
        for name in dir(rows):
            if name.startswith("inconsistent_") and not model._meta.proxy:
                yield f"{model.__name__}.{name}", getattr(rows, name)()


def key(row: Model) -> str:
    """How an editor finds the row: its public id or slug, or those of what it belongs to."""
    for owner, prefix in (
        (row, ""),
        (getattr(row, "statement", None), "statement "),
        (getattr(row, "claim", None), "claim "),
    ):
        if own := getattr(owner, "public_id", None) or getattr(owner, "slug", None):
            return f"{prefix}{own}"
    return str(row.pk)
