"""What waits for a reviewer, in the order in which it comes: all of it, or of one source, or of one annotator."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.urls import reverse

from claims.desk.access import DeskRequest
from claims.models import Statement, Transition
from claims.models.statement_query import StatementQuerySet
from config.http import BadQuery


@dataclass(frozen=True)
class Line:
    user: User
    source: int | None = None
    by: str = ""

    @classmethod
    def of(cls, request: DeskRequest) -> Line:
        source = request.GET.get("source", "")
        if source and not (source.isascii() and source.isdigit() and len(source) < 19):
            raise BadQuery("“source” is the number of a source.")
        return cls(request.user, int(source) if source else None, request.GET.get("by", "").replace("\0", ""))

    @property
    def statements(self) -> StatementQuerySet:
        """The longest submitted first; those of one source as they stand in its text."""
        found = Statement.objects.reviewable_by(self.user)
        if self.by:
            found = found.filter(annotated_by__username=self.by)
        if self.source is not None:
            return found.filter(source=self.source).in_text_order()
        return found.annotate(submitted_at=Transition.objects.last_at("submit")).order_by("submitted_at", "id")

    def ids(self) -> list[str]:
        return list(self.statements.values_list("public_id", flat=True))

    # Where it is on the web

    @property
    def suffix(self) -> str:
        """What every address within the line ends in."""
        named = {name: value for name, value in {"source": self.source, "by": self.by}.items() if value}
        return f"?{urlencode(named)}" if named else ""

    @property
    def start(self) -> str:
        return self._at(reverse("desk:review_next"))

    @property
    def whole(self) -> str:
        """The page of the whole source, for a line of one."""
        path = reverse("desk:review_source", args=[self.source])
        return f"{path}?{urlencode({'by': self.by})}" if self.by else path

    def page(self, public_id: str) -> str:
        return self._at(reverse("desk:review", args=[public_id]))

    def _at(self, path: str) -> str:
        return path + self.suffix


@dataclass(frozen=True)
class Place:
    """Where a statement stands in the line, and its neighbours by public id. Who is not in it comes before the first."""

    number: int
    total: int
    before: str | None
    after: str | None

    @classmethod
    def of(cls, public_id: str, ids: list[str]) -> Place:
        if public_id not in ids:
            return cls(0, len(ids), None, ids[0] if ids else None)
        at, total = ids.index(public_id), len(ids)
        after = ids[(at + 1) % total] if total > 1 else None  # what was skipped comes again at the end
        return cls(at + 1, total, ids[at - 1] if at else None, after)
