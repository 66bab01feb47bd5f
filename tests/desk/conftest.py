"""Two coders at work, ann, an annotator, and rita, a reviewer; and what they have made once both are done."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from claims.models import Claim, Coding, Statement
from claims.roles import REVIEWERS
from sources.models import Party, Source
from tests.conftest import Draft, member

LEAVE, SPRING, DOUBT = "Northland will leave the valley", "We go in spring", "Southland doubts it"


def as_user(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer who codes."""
    return member("rita", REVIEWERS)


@pytest.fixture
def codings(article: Source, ann: User, rita: User) -> list[Coding]:
    """ann, an annotator, and rita, a reviewer, code the article."""
    return Coding.objects.begin(source=article, coders=(ann, rita))


@pytest.fixture
def at_work(codings: list[Coding], draft: Draft, ann: User, rita: User) -> dict[str, Statement]:
    """Each has made one statement."""
    return {"ann": draft(LEAVE), "rita": draft(SPRING, by=rita)}


Finish = Callable[[], None]


@pytest.fixture
def finish(codings: list[Coding], ann: User, rita: User) -> Finish:
    def both() -> None:
        for coding, coder in zip(codings, (ann, rita), strict=True):
            coding.finish(by=coder)

    return both


@pytest.fixture
def compared(
    codings: list[Coding],
    draft: Draft,
    finish: Finish,
    ann: User,
    rita: User,
    valley: Claim,
    northland: Party,
    southland: Party,
) -> dict[str, Statement]:
    """Agreed on the first stretch, at odds on the second; the third only rita has seen."""
    supports = [{"claim": valley, "holder": northland, "stance": "supports"}]
    opposes = [{"claim": valley, "holder": southland, "stance": "opposes"}]
    made = {
        "agreed": draft(LEAVE, positions=supports),
        "left": draft(SPRING, kind="direct", positions=supports),
    }
    draft(LEAVE, by=rita, positions=supports, note="In other words.")
    made["right"] = draft("We go in spring,", by=rita, kind="direct")
    made["alone"] = draft(DOUBT, by=rita, positions=opposes)
    finish()
    return made
