"""One client per person, logged in, and rows of every model to look at."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from claims.models import Assessment, Claim, Statement, Topic, Utterance
from sources.models import Party, Publisher, Source, Speaker

Desk = Callable[[User], Client]


@pytest.fixture
def desk() -> Desk:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def add_rows(ann: User, ray: User) -> Callable[[int], None]:
    """Add one row of every model that the desk shows, each with relations of its own, so that an N+1 query shows."""

    def add(n: int) -> None:
        party = Party.objects.create(name=f"Party {n}", slug=f"party-{n}", short_name=f"P{n}")
        inner = Party.objects.create(name=f"Inner party {n}", slug=f"inner-{n}", short_name=f"I{n}", parent=party)
        publisher = Publisher.objects.create(name=f"Paper {n}", slug=f"paper-{n}")
        speaker = Speaker.objects.create(name=f"Ada Example {n}", slug=f"ada-{n}", aliases=[f"A. Example {n}"])
        speaker.affiliations.create(party=inner, role="Spokeswoman", since=datetime.date(2030, 5, n))
        topic = Topic.objects.create(title=f"Topic {n}", slug=f"topic-{n}", opened_on=datetime.date(2030, 5, n))
        topic.topic_parties.create(party=party)
        claim = Claim.objects.create(topic=topic, slug="c", label=f"Claim {n}", proposition="It rained.", kind="fact")
        source = Source.objects.create(
            title=f"Source {n}", publisher=publisher, published_on=datetime.date(2031, 3, n), assigned_to=ann
        )
        revision = source.add_revision(f"It rained, said Ada Example {n}.")
        verdict = Assessment.objects.create(claim=claim, rating="true", rationale="Seen.", assessed_by=ray)
        verdict.evidence.add(source)
        statement = Statement.objects.record(
            by=ann,
            revision=revision,
            spans=[(0, 9)],
            speaker=speaker,
            kind="indirect",
            utterance=Utterance.objects.create(note="wire"),
            positions=[{"claim": claim, "holder": inner, "stance": "supports"}],
            via=[publisher],
        )
        statement.submit(by=ann)
        statement.publish(by=ray)

    return add


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would send back of an admin page as it stands, inlines and all."""
    context = response.context
    data = _values(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        data |= _values(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _values(form)
    return data


def _values(form: Any) -> dict[str, Any]:
    values = {form[name].html_name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}
