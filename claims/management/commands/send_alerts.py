"""Mail what waits to those who wish to be told: to be run every so often, by cron or a timer."""

import datetime
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from claims.alerts import Waiting, waiting_for
from claims.desk.access import has_role
from claims.models import Alert

# What came in the last moments may be written and not committed yet, and would be passed over for good: next time.
SETTLED = datetime.timedelta(seconds=60)


class Command(BaseCommand):
    help = (
        "Mail each person who wishes it what has come to wait for them since the last mail; nothing, to nobody, twice."
    )
    stealth_options = ("now",)  # of tests

    def handle(self, *, verbosity: int, now: datetime.datetime | None = None, **options: Any) -> None:
        if not settings.PARLEY_MAIL:
            self.stdout.write("Mail is not configured (EMAIL_URL), so nothing was sent.")
            return
        until = (now or timezone.now()) - SETTLED
        sent, failed = 0, []
        for alert in Alert.objects.by_mail():
            try:
                sent += tell(alert, until)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                failed.append(f"{alert.user}: {error}")
        if verbosity:
            self.stdout.write(f"{sent} mail{'' if sent == 1 else 's'} sent.")
        if failed:
            raise CommandError(f"not sent, and tried again next time: {'; '.join(failed)}")


def tell(alert: Alert, until: datetime.datetime) -> bool:
    """Send one mail where something is new. What cannot be sent is not marked as sent."""
    with transaction.atomic():
        held = Alert.objects.by_mail().select_for_update(of=("self",), skip_locked=True).filter(pk=alert.pk).first()
        if held is None or not has_role(held.user):  # another run is at it, or they have no part in this any more
            return False
        waiting = waiting_for(held.user)
        if not any(one.newest <= until and (not held.mailed_at or one.newest > held.mailed_at) for one in waiting):
            return False
        held.mailed_at = until
        held.save(update_fields=["mailed_at"])
        mail_of(held, waiting).send()
    return True


def mail_of(alert: Alert, waiting: list[Waiting]) -> EmailMessage:
    count = sum(one.count for one in waiting)
    desk, wishes = (address(reverse(name)) for name in ("admin:index", "desk:alerts"))
    lines = [
        "Waiting for you at the editors’ desk of Parley:",
        "",
        *(f"- {one}" for one in waiting),
        "",
        desk,
        "",
        f"No word of a draft is sent by mail. To get no more of these: {wishes}",
    ]
    return EmailMessage(
        subject=f"Parley: {count} thing{' waits' if count == 1 else 's wait'} for you",
        body="\n".join(lines),
        to=[alert.user.email],
        headers={"Auto-Submitted": "auto-generated"},  # so that no answering machine answers
    )


def address(path: str) -> str:
    """There is no request to ask: the first of the names that visitors use."""
    return f"{'https' if settings.PARLEY_HTTPS else 'http'}://{settings.PARLEY_HOST}{path}"
