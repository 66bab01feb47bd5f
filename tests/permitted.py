"""The rows that the table of permissions is tried on: one of everything, and of statements one in every state."""

import json
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from claims.merging import merge_speakers
from claims.models import Alert, Assessment, Coding, Comment, Statement, Topic, TopicParty, Utterance
from claims.roles import ANNOTATORS, CHIEFS, REVIEWERS
from sources.models import Party, Publisher, Source, Speaker
from tests.conftest import member

SECRET = "zebrafish"  # in every source and speaker that no public statement rests on
DRAFTED = "okapi"  # in every statement that is not public, in its log and its comments
OPEN_TEXT = "Northland will leave the valley, said Ada Example. Southland doubts it."
HIDDEN_TEXT = f"The {SECRET} treaty is dead, said Bert. The {SECRET} lives, said Ada Example."


def make_world() -> SimpleNamespace:
    people = {
        "stranger": member("sam", None),
        "owner": member("ann", ANNOTATORS),
        "other": member("bob", ANNOTATORS),
        "reviewer": member("ray", REVIEWERS),
        "chief": member("cleo", CHIEFS),
    }
    world = SimpleNamespace(people=people, rows={}, names={}, sessions={}, answers={})
    make_record(world)
    make_statements(world)
    make_codings(world)
    make_desk(world)
    for role, user in people.items():
        client = Client()
        client.force_login(user)
        world.sessions[role] = client.cookies["sessionid"].value
    return world


def make_record(world: SimpleNamespace) -> None:
    """What is public, and beside it a source and a speaker that only drafts know."""
    gazette = Publisher.objects.create(name="The Gazette", slug="gazette")
    north = Party.objects.create(name="Republic of Northland", slug="northland", short_name="Northland")
    ada = Speaker.objects.create(name="Ada Example", slug="ada")
    spoke = ada.affiliations.create(party=north, role="Spokeswoman")
    topic = Topic.objects.create(title="The valley talks", slug="valley-talks")
    TopicParty.objects.create(topic=topic, party=north)
    claim = topic.claims.create(slug="leave", label="Leave", proposition="Northland leaves the valley.")
    fact = topic.claims.create(slug="rain", label="Rain", proposition="It rained.", kind="fact")
    verdict = Assessment.objects.create(
        claim=fact, rating="true", rationale="Seen.", assessed_by=world.people["reviewer"]
    )
    world.article = source(gazette, "Valley talks open", OPEN_TEXT)
    world.minutes = source(gazette, f"Minutes of the {SECRET}", HIDDEN_TEXT)
    world.waiting = source(gazette, "Talks go on", OPEN_TEXT)
    world.ada, world.claim, world.north, world.gazette = ada, claim, north, gazette
    rows = {"publisher": gazette, "party": north, "speaker": ada, "affiliation": spoke, "source": world.article}
    world.rows |= {f"sources_{name}": row.pk for name, row in rows.items()}
    world.rows |= {"sources_revision": world.article.newest_revision.pk, "claims_topic": topic.pk}
    world.rows |= {"claims_claim": claim.pk, "claims_assessment": verdict.pk, "auth_user": world.people["other"].pk}
    world.names |= {
        name: getattr(world, name).pk for name in ("article", "minutes", "waiting", "ada", "claim", "north", "gazette")
    }
    world.names |= {"article_id": world.article.public_id, "minutes_id": world.minutes.public_id}
    world.names |= {"article_type": ContentType.objects.get_for_model(Topic).pk, "topic": topic.pk, "fact": fact.pk}


def source(publisher: Publisher, title: str, text: str) -> Source:
    made = Source.objects.create(title=title, publisher=publisher, published_on="2031-03-02")
    made.add_revision(text)
    return made


def make_statements(world: SimpleNamespace) -> None:
    """Of the owner; `$draft` is its public id, `$draft_pk` its key. The public ones are of the article."""
    owner, reviewer = world.people["owner"], world.people["reviewer"]
    bert = Speaker.objects.create(name=f"Bert {SECRET}", slug="bert")
    state = {
        name: record(world, owner, world.minutes, bert) for name in ("draft", "spoken_of", "submitted", "returned")
    }
    state |= {name: record(world, owner, world.article, world.ada) for name in ("published", "withdrawn")}
    state |= {
        "own": record(world, reviewer, world.minutes, bert),
        "chiefs": record(world, world.people["chief"], world.minutes, bert),
    }
    for name, statement in state.items():
        if name not in ("draft", "spoken_of"):
            statement.submit(by=statement.annotated_by)
    state["returned"].return_(by=reviewer, comment=f"Whose {DRAFTED} {SECRET}?")
    state["published"].publish(by=reviewer)
    state["withdrawn"].publish(by=reviewer)
    state["withdrawn"].withdraw(by=reviewer, comment="Said by nobody.")
    for name in ("submitted", "spoken_of"):
        Comment.objects.create(statement=state[name], by=owner, text=f"The {DRAFTED} {SECRET} is certain.")
    for name, statement in state.items():
        world.names |= {name: statement.public_id, f"{name}_pk": statement.pk}
    one = state["published"]
    world.rows |= {"claims_statement": one.pk, "claims_position": one.positions.get().pk}
    world.rows |= {"claims_relay": one.relays.get().pk, "claims_transition": one.transitions.first().pk}
    world.rows["claims_utterance"] = one.utterance_id
    hidden = state["draft"]
    world.names |= {"hidden_position": hidden.positions.get().pk, "hidden_relay": hidden.relays.get().pk}
    world.names["hidden_transition"] = state["submitted"].transitions.get().pk
    world.names["bert"] = bert.pk


def record(world: SimpleNamespace, by: User, where: Source, speaker: Speaker, **more: Any) -> Statement:
    hidden = {"note": f"{DRAFTED} {SECRET}", "occasion": f"{DRAFTED} {SECRET}"} if where != world.article else {}
    return Statement.objects.record(
        by=by,
        revision=where.newest_revision,
        spans=[(0, 19)],
        speaker=speaker,
        kind="indirect",
        utterance=Utterance.objects.create(note="By wire."),
        positions=[{"claim": world.claim, "holder": world.north, "stance": "supports"}],
        via=[world.gazette],
        **hidden,
        **more,
    )


def make_codings(world: SimpleNamespace) -> None:
    """The owner and somebody else, blind. `$begun`: nothing is made; `$coded`: at work; `$compared`: both done."""
    eve = member("eve", ANNOTATORS)
    for name, made, done in (("begun", False, False), ("coded", True, False), ("compared", True, True)):
        where = source(world.gazette, f"Two read {name}", HIDDEN_TEXT)
        codings = Coding.objects.begin(source=where, coders=(world.people["owner"], eve))
        for coding in codings if made else ():
            coded = record(world, coding.coder, where, world.ada, coding=coding)
            world.names[f"{name}_{coding.slot}"] = coded.public_id
            if done:
                coding.finish(by=coding.coder)
        world.names[name] = where.pk


def make_desk(world: SimpleNamespace) -> None:
    world.names["token"] = Alert.objects.renew(user=world.people["owner"])
    world.names |= {f"{role}_pk": user.pk for role, user in world.people.items()}
    world.names["superuser"] = User.objects.create_superuser("root").pk
    unused = Source.objects.create(title="Never used", publisher=world.gazette, published_on="2031-03-02")
    world.names |= {"unused": unused.pk, "empty": "", "key": "9f1f6e1e-3f5e-4b59-8c52-0c6d2b7b0c11"}
    taken = source(world.gazette, "Taken by the owner", OPEN_TEXT)
    taken.take(by=world.people["owner"])
    world.names["taken"] = taken.pk
    merged, twin = (Speaker.objects.create(name="A. Example", slug=f"twin-{n}") for n in (1, 2))
    merge = merge_speakers(merged, into=world.ada, by=world.people["chief"])
    twin_claim = world.claim.topic.claims.create(slug="go", label="Go", proposition="Northland goes.")
    world.names |= {"merge": merge.pk, "twin": twin.pk, "twin_claim": twin_claim.pk}
    # What the form of the workbench sends.
    world.names["values"] = json.dumps(
        {
            "spans": [[0, 19]],
            "exacts": [HIDDEN_TEXT[:19]],
            "kind": "indirect",
            "speaker": {"id": world.ada.pk},
            "said_on": "2031-03-02",
            "positions": [],
            "via": [],
        }
    )
