"""The cast, and the corpus. Everything else a test needs it makes itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError
from django.db.backends.postgresql.operations import DatabaseOperations

from claims.models import Claim, Statement, Topic, TopicParty
from claims.roles import ANNOTATORS, CHIEFS, REVIEWERS
from sources.models import Party, Publisher, Source, Speaker


@pytest.fixture(scope="session", autouse=True)
def tests_may_empty_what_is_for_ever() -> None:
    """Between tests that commit, Django empties every table: as the owner, past the triggers that refuse just that."""
    flush = DatabaseOperations.execute_sql_flush

    def past_the_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname ~ 'never_emptied'")
            refusing = cursor.fetchall()
        switched = [
            [f"ALTER TABLE {table} {verb} TRIGGER {trigger}" for table, trigger in refusing]
            for verb in ("DISABLE", "ENABLE ALWAYS")
        ]
        for attempt in range(5):
            try:
                flush(self, [*switched[0], *sql_list, *switched[1]])
                return
            except OperationalError:  # a page that has just been closed may still have had a question: a deadlock
                if attempt == 4:
                    raise

    DatabaseOperations.execute_sql_flush = past_the_triggers


def member(name: str, group: str | None) -> User:
    user = User.objects.create_user(name, password=f"{name} says open", is_staff=group is not None)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def ann(db: None) -> User:
    """An annotator."""
    return member("ann", ANNOTATORS)


@pytest.fixture
def bob(db: None) -> User:
    """Another annotator."""
    return member("bob", ANNOTATORS)


@pytest.fixture
def ray(db: None) -> User:
    """A reviewer."""
    return member("ray", REVIEWERS)


@pytest.fixture
def cleo(db: None) -> User:
    """A chief."""
    return member("cleo", CHIEFS)


@pytest.fixture
def sam(db: None) -> User:
    """A stranger: has a log-in, and no role."""
    return member("sam", None)


@pytest.fixture
def corpus(db: None) -> Topic:
    """The demonstration corpus, loaded as `make demo` loads it."""
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    return Topic.objects.get()


TEXT = (
    "Northland will leave the valley, said Ada Example. “We go in spring,” she added, “and not before.” "
    "Southland doubts it."
)


@pytest.fixture
def northland(db: None) -> Party:
    return Party.objects.create(name="Republic of Northland", slug="northland", short_name="Northland")


@pytest.fixture
def southland(db: None) -> Party:
    return Party.objects.create(name="Kingdom of Southland", slug="southland", short_name="Southland")


@pytest.fixture
def ada(northland: Party) -> Speaker:
    """Speaks for Northland, always."""
    ada = Speaker.objects.create(name="Ada Example", slug="ada-example")
    ada.affiliations.create(party=northland, role="Spokeswoman")
    return ada


@pytest.fixture
def valley(northland: Party, southland: Party) -> Claim:
    """A claim of the topic that Northland and Southland are parties to."""
    topic = Topic.objects.create(title="The valley talks", slug="valley-talks")
    for rank, party in enumerate((northland, southland)):
        TopicParty.objects.create(topic=topic, party=party, rank=rank)
    return topic.claims.create(slug="leave", label="Leave the valley", proposition="Northland leaves the valley.")


@pytest.fixture
def article(db: None) -> Source:
    """A source with one revision, of the words in TEXT."""
    gazette, _ = Publisher.objects.get_or_create(name="The Gazette", slug="gazette")
    source = Source.objects.create(title="Valley talks open", publisher=gazette, published_on="2031-03-02")
    source.add_revision(TEXT)
    return source


Draft = Callable[..., Statement]


@pytest.fixture
def draft(article: Source, ada: Speaker, ann: User) -> Draft:
    """Make a draft of ann's: `draft("Northland will leave the valley", positions=[...], said_on=...)`."""
    from claims.anchors import locate

    def make(*passages: str, **fields: Any) -> Statement:
        source = fields.pop("source", article)
        revision = source.newest_revision
        spans = locate(revision.text, passages or ("Northland will leave the valley",))
        fields = {"by": ann, "speaker": ada, "kind": "indirect", "cue": "said", **fields}
        return Statement.objects.record(revision=revision, spans=spans, **fields)

    return make


Published = Callable[..., Statement]


@pytest.fixture
def published(draft: Draft, ray: User) -> Published:
    """The same, submitted by its annotator and published by ray."""

    def make(*passages: str, **fields: Any) -> Statement:
        statement = draft(*passages, **fields)
        statement.submit(by=statement.annotated_by)
        statement.publish(by=ray)
        return statement

    return make
