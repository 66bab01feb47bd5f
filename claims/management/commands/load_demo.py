"""The demonstration corpus, through the same path as anybody's file."""

import ipaddress
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import claims
from claims.ingest.desk import Desk
from claims.ingest.load import load
from claims.roles import ANNOTATORS, CHIEFS, REVIEWERS

CORPUS = Path(claims.__file__).parent / "demo"
CAST = {"annotator": ANNOTATORS, "reviewer": REVIEWERS, "chief": CHIEFS}
PASSWORD = "parley-demo"  # noqa: S105 known to everybody, hence the check of ALLOWED_HOSTS


class Command(BaseCommand):
    help = (
        "Load the demonstration corpus (the Gaza ceasefire talks) and its users: annotator, reviewer and chief. "
        "What is there already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--logins",
            action="store_true",
            help=f"give the three users the password {PASSWORD} (loopback servers only)",
        )

    def handle(self, *, logins: bool, verbosity: int, **options: Any) -> None:
        if logins:
            self.refuse_logins_on_a_real_server()
        with transaction.atomic():
            users = {name: demo_user(name, group) for name, group in CAST.items()}
            desk = Desk(users["annotator"], users["reviewer"], full_text_public=True, keep=True)
            report = load([CORPUS], desk)
            if report.rejected:
                raise CommandError("\n".join(str(problem) for problem in report.rejected))
            if logins:
                for user in users.values():
                    give_password(user)
        if verbosity:
            self.stdout.write(report.table())
        if verbosity and logins:
            self.stdout.write(f"Log in as {', '.join(CAST)} with the password {PASSWORD}.")

    def refuse_logins_on_a_real_server(self) -> None:
        if open_hosts := [host for host in settings.ALLOWED_HOSTS if not is_loopback(host)]:
            raise CommandError(
                f"--logins gives passwords that everybody knows, and this server answers to {', '.join(open_hosts)}: "
                "leave the option out, or let ALLOWED_HOSTS name loopback addresses only."
            )


def demo_user(name: str, group: str) -> User:
    """Made on first use, without a password: nobody can log in as the demo's staff unless that is asked for."""
    user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=group))
    return user


def give_password(user: User) -> None:
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])


def is_loopback(host: str) -> bool:
    """Whether the name in ALLOWED_HOSTS leads to this machine alone ("testserver" is the tests' client)."""
    if host in ("localhost", ".localhost", "testserver"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
