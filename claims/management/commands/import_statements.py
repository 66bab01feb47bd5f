"""Somebody's topic and statements, from files in the format of the demonstration corpus."""

import time
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any, TypeVar

from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from claims.ingest.desk import Desk
from claims.ingest.load import load
from claims.models import Topic
from claims.roles import ANNOTATORS
from sources.ingest.reading import shown
from sources.ingest.records import nearest

IMPORTER = "importer"

M = TypeVar("M", bound=models.Model)


class Command(BaseCommand):
    help = (
        "Import topics, sources and statements. Each FILE is a topic file, a source file with its statements, or a "
        "folder that holds topic.json and sources/*.json; claims/demo/README.md describes the format. A file with "
        "anything wrong in it is rejected whole; the same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--topic", metavar="SLUG", help="the topic in which claims are looked up")
        parser.add_argument("--annotator", metavar="USERNAME", help=f"whose drafts these are (default: {IMPORTER})")
        parser.add_argument(
            "--reviewer", metavar="USERNAME", help="publish, and correct what is published, in this name"
        )
        parser.add_argument("--submit", action="store_true", help="submit the drafts for review")
        parser.add_argument("--full-text-public", action="store_true", help="the licence lets anyone read the texts")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, files: list[str], dry_run: bool, verbosity: int, **options: Any) -> None:
        self.told = time.monotonic()
        with transaction.atomic() if dry_run else nullcontext():
            report = load(files, desk(**options), progress=self.progress)
            if dry_run:
                transaction.set_rollback(True)
        if verbosity:
            self.stdout.write(report.table())
        if verbosity and dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
        for problem in report.rejected:
            self.stderr.write(str(problem))
        if report.rejected:
            rejected = len(report.rejected_files)
            raise CommandError(f"Files taken: {report.files}. Rejected, for the problems above: {rejected}.")

    def progress(self, done: int, of: int) -> None:
        """A line a second, so that nobody wonders and nobody is flooded."""
        if time.monotonic() - self.told >= 1:
            self.told = time.monotonic()
            self.stderr.write(f"{done:,} of {of:,} files …")


def desk(
    *, topic: str | None, annotator: str | None, reviewer: str | None, submit: bool, full_text_public: bool, **rest: Any
) -> Desk:
    try:
        return Desk(
            named(User, "username", annotator) if annotator else importer(),
            named(User, "username", reviewer) if reviewer else None,
            submit=submit,
            full_text_public=full_text_public,
            topics=[named(Topic, "slug", topic)] if topic else [],
        )
    except PermissionDenied as error:
        raise CommandError(str(error)) from None


def importer() -> User:
    """In whose name files come in when nobody is named: made on first use, cannot log in."""
    user, is_new = User.objects.get_or_create(username=IMPORTER)
    if is_new:
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=ANNOTATORS))
    return user


def named(model: type[M], field: str, name: str) -> M:
    if found := model._default_manager.filter(**{field: name}).first():
        return found
    known = model._default_manager.values_list(field, flat=True)[:5_000]
    raise CommandError(f"no {model._meta.verbose_name} is called {shown(name)}.{nearest(name, known)}")
