"""How one person hears of what waits for them: an address of their own for a feed reader, and mail."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class AlertQuerySet(models.QuerySet["Alert"]):
    def renew(self, *, user: User) -> str:
        """A new feed token, told this once; the one before stops working."""
        token = secrets.token_urlsafe(24)
        self.update_or_create(user=user, defaults={"feed_digest": digest(token)})
        return token

    def of_token(self, token: str) -> AlertQuerySet:
        """Whose feed it is: nobody's where they no longer work at the desk."""
        return self._at_the_desk().filter(feed_digest=digest(token))

    def by_mail(self) -> AlertQuerySet:
        """Who wishes mail, works here, and has an address."""
        return self._at_the_desk().filter(by_mail=True).exclude(user__email="").order_by("user")

    def _at_the_desk(self) -> AlertQuerySet:
        return self.filter(user__is_active=True, user__is_staff=True).select_related("user")


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Alert(models.Model):
    """One person's wishes. Without a row: no feed, no mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert")
    feed_digest = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text="SHA-256 of the token in the address of the feed."
    )
    by_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    def __str__(self) -> str:
        return f"alerts of {self.user}"
