"""The feed of a topic: what is published, newest first, and nothing of a draft."""

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.models import Claim
from sources.models import Party
from tests.conftest import Draft

FEED = "/feeds/topics/valley-talks.atom"


def read(client: Client) -> tuple[str, int]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(FEED)
    assert response.status_code == 200
    return response.content.decode(), len(queries)


def test_a_statement_enters_the_feed_when_it_is_published_and_leaves_it_when_withdrawn(
    client: Client, draft: Draft, ann: User, ray: User, valley: Claim, northland: Party, southland: Party
) -> None:
    positions = [{"claim": valley, "holder": holder, "stance": "supports"} for holder in (northland, southland)]
    statement = draft("Northland will leave the valley", positions=positions)
    assert statement.public_id not in read(client)[0]
    statement.submit(by=ann)
    assert statement.public_id not in read(client)[0]
    statement.publish(by=ray)
    told = read(client)[0]
    assert told.count("<entry>") == 1
    assert "Northland will leave the valley" in told
    assert f"/statements/{statement.public_id}/" in told
    statement.withdraw(by=ray, comment="Never said.")
    assert statement.public_id not in read(client)[0]


def test_it_costs_as_much_with_three_entries_as_with_one(
    client: Client, draft: Draft, ann: User, ray: User, valley: Claim, northland: Party
) -> None:
    costs = []
    for words in (["Northland"], ["Southland", "We go"]):
        for passage in words:
            made = draft(
                f"{passage} {'will' if passage == 'Northland' else 'doubts' if passage == 'Southland' else 'in'}",
                positions=[{"claim": valley, "holder": northland, "stance": "supports"}],
            )
            made.submit(by=ann)
            made.publish(by=ray)
        costs.append(read(client)[1])
    assert costs[0] == costs[1]


def test_no_such_topic_has_no_feed(client: Client, db: None) -> None:
    assert client.get("/feeds/topics/none.atom").status_code == 404
