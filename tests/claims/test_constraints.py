"""Each invariant is held by the database itself: tried past every Python check, and named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import Error, IntegrityError, connection, models, transaction
from django.utils import timezone

from claims.anchors import cut, locate
from claims.models import Assessment, Claim, Position, Relay, Statement, Topic, TopicParty, Transition, Utterance
from sources.models import Affiliation, Party, Publisher, Revision, Source, Speaker
from tests.conftest import TEXT, Draft, Published


@contextmanager
def refused(by: str) -> Iterator[None]:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.diag.constraint_name == by


def update(row: models.Model, **fields: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


@pytest.mark.parametrize(
    "spans",
    [[], [[5, 5]], [[9, 5]], [[-1, 5]], [[5, 9], [7, 12]], [[20, 25], [1, 4]]],
    ids=["none", "empty", "backwards", "negative", "overlapping", "out of order"],
)
def test_spans_are_well_formed(spans: list[list[int]], draft: Draft) -> None:
    with refused(by="statement_spans_are_well_formed"):
        update(draft(), spans=spans)


def test_touching_spans_stay_two_passages(draft: Draft) -> None:
    statement = draft()
    update(statement, spans=[[0, 9], [9, 14]], quote="Northland […]  will")
    assert Statement.objects.get(pk=statement.pk).exacts == ["Northland", " will"]


def test_spans_end_within_the_text(draft: Draft) -> None:
    with refused(by="statement_spans_are_within_the_text"):
        update(draft(), spans=[[0, len(TEXT) + 1]])


@pytest.mark.parametrize("quote", ["Northland will not leave the valley", "", "northland will leave the valley"])
def test_the_quote_is_what_the_spans_cut(quote: str, draft: Draft) -> None:
    with refused(by="statement_quote_is_what_the_spans_cut"):
        update(draft(), quote=quote)


def test_the_revision_is_one_of_the_source(draft: Draft, article: Source) -> None:
    other = Source.objects.create(title="Another", publisher=article.publisher, published_on="2031-03-03")
    with refused(by="statement_revision_is_of_its_source"):
        update(draft(), revision=other.add_revision(TEXT))


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "published"},
        {"state": "withdrawn"},
        {"state": "draft", "reviewed": True},
        {"state": "submitted", "reviewed": True},
        {"state": "returned", "reviewed": True},
    ],
    ids=str,
)
def test_the_state_agrees_with_reviewer_and_time(fields: dict[str, Any], draft: Draft, ray: User) -> None:
    if fields.pop("reviewed", False):
        fields |= {"reviewed_by": ray, "reviewed_at": timezone.now()}
    with refused(by="statement_reviewed_iff_public"):
        update(draft(), **fields)


def test_the_reviewer_is_not_the_annotator(draft: Draft, ann: User) -> None:
    with refused(by="statement_reviewer_is_not_annotator"):
        update(draft(), state="published", reviewed_by=ann, reviewed_at=timezone.now())


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "lost"}, "statement_state_is_known"),
        ({"kind": "sung"}, "statement_kind_is_known"),
        ({"said_on": "2031-03-02", "said_on_precision": "month"}, "statement_date_fits_its_precision"),
        ({"said_on": "2031-03-01", "said_on_precision": "year"}, "statement_date_fits_its_precision"),
        ({"said_on": "2031-01-01", "said_on_precision": "decade"}, "statement_date_fits_its_precision"),
    ],
    ids=str,
)
def test_statement_fields_hold_what_is_known(fields: dict[str, Any], constraint: str, draft: Draft) -> None:
    with refused(by=constraint):
        update(draft(), **fields)


@pytest.mark.parametrize(
    ("precision", "said_on", "latest"),
    [("day", "2032-02-03", "2032-02-03"), ("month", "2032-02-01", "2032-02-29"), ("year", "2032-01-01", "2032-12-31")],
)
def test_a_vague_date_counts_as_said_on_its_last_day(precision: str, said_on: str, latest: str, draft: Draft) -> None:
    statement = draft(said_on=said_on, said_on_precision=precision)
    assert Statement.objects.get(pk=statement.pk).said_on_latest.isoformat() == latest


POSITION = {"stance": "supports", "strength": "plain", "condition": ""}


def test_one_position_for_statement_claim_and_holder(draft: Draft, valley: Claim, northland: Party) -> None:
    statement = draft(positions=[{"claim": valley, "holder": northland, **POSITION}])
    with refused(by="position_is_taken_once"):
        Position.objects.bulk_create([Position(statement=statement, claim=valley, holder=northland, stance="opposes")])


@pytest.mark.parametrize(
    ("stance", "condition", "constraint"),
    [
        ("conditional", "", "position_condition_iff_conditional"),
        ("conditional", " \n", "position_condition_iff_conditional"),
        ("supports", "If it rains.", "position_condition_iff_conditional"),
        ("likes", "", "position_stance_is_known"),
    ],
)
def test_a_condition_stands_exactly_where_the_stance_is_conditional(
    stance: str, condition: str, constraint: str, draft: Draft, valley: Claim, northland: Party
) -> None:
    position = Position(statement=draft(), claim=valley, holder=northland, stance=stance, condition=condition)
    with refused(by=constraint):
        Position.objects.bulk_create([position])


@pytest.mark.parametrize("name", ["return", "withdraw", "correct"])
def test_the_log_takes_no_return_withdrawal_or_correction_without_a_comment(name: str, draft: Draft, ray: User) -> None:
    states = {"return": ("submitted", "returned"), "withdraw": ("published", "withdrawn")}
    before, after = states.get(name, ("published", "published"))
    row = Transition(statement=draft(), name=name, from_state=before, to_state=after, by=ray, comment=" \n ")
    with refused(by="transition_comment_is_given"):
        Transition.objects.bulk_create([row])


def test_the_log_takes_no_move_that_is_not_in_the_table(draft: Draft, ray: User) -> None:
    row = Transition(statement=draft(), name="publish", from_state="draft", to_state="published", by=ray)
    with refused(by="transition_is_in_the_table"):
        Transition.objects.bulk_create([row])


@pytest.mark.parametrize("attack", ["UPDATE claims_transition SET comment = 'x'", "DELETE FROM claims_transition"])
def test_the_log_is_append_only(attack: str, published: Published) -> None:
    statement = published()
    with pytest.raises(Error, match="are for ever"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert statement.transitions.count() == 2


@pytest.mark.parametrize("attack", ["UPDATE sources_revision SET text = 'x'", "DELETE FROM sources_revision"])
def test_a_text_is_kept_as_it_was(attack: str, article: Source) -> None:
    with pytest.raises(Error, match="are for ever"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert article.newest_revision.text == TEXT


def test_a_hash_is_that_of_the_text(article: Source) -> None:
    revision = Revision(source=article, number=2, text="Other words.", sha256="0" * 64)
    with refused(by="revision_hash_is_of_the_text"):
        Revision.objects.bulk_create([revision])


def test_nothing_a_statement_rests_on_can_be_deleted(published: Published, valley: Claim, northland: Party) -> None:
    utterance = Utterance.objects.create(external_id="told-twice")
    statement = published(positions=[{"claim": valley, "holder": northland, **POSITION}], utterance=utterance)
    statement.relays.create(rank=1, publisher=statement.source.publisher)
    rests_on = [
        statement.source,
        statement.revision,
        statement.speaker,
        statement.party,
        statement.source.publisher,
        statement.annotated_by,
        statement.reviewed_by,
        utterance,
        valley,
        valley.topic,
    ]
    for row in rests_on:
        with pytest.raises((models.ProtectedError, Error)), transaction.atomic():
            row.delete()
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:  # noqa: PT012 checked at the end
            cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608 our own tables
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Statement.objects.get() == statement


def test_a_draft_can_be_deleted_and_what_was_handed_in_cannot(draft: Draft, ann: User) -> None:
    statement = draft()
    statement.submit(by=ann)
    with pytest.raises(models.ProtectedError):
        statement.delete()
    with pytest.raises(Error, match="only_drafts_go"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM claims_statement")
    draft("Southland doubts it").delete()
    assert Statement.objects.get() == statement


@pytest.mark.parametrize(("since", "until"), [(None, None), ("2031-01-01", None), (None, "2031-06-30")])
def test_a_speaker_never_speaks_for_two_parties_at_once(
    since: str | None, until: str | None, ada: Speaker, southland: Party
) -> None:
    row = Affiliation(speaker=ada, party=southland, role="Envoy", since=since, until=until)
    with refused(by="affiliation_one_party_at_a_time"):
        Affiliation.objects.bulk_create([row])


def test_a_speaker_may_change_sides_the_day_after(ada: Speaker, northland: Party, southland: Party) -> None:
    update(ada.affiliations.get(), until="2031-03-01")
    ada.affiliations.create(party=southland, role="Envoy", since="2031-03-02")
    days = [timezone.datetime(2031, 3, day).date() for day in (1, 2)]
    assert [ada.affiliation_on(day).party for day in days] == [northland, southland]


def test_a_speaker_may_have_two_roles_for_one_party(ada: Speaker, northland: Party) -> None:
    ada.affiliations.create(party=northland, role="Adviser")
    assert ada.affiliations.count() == 2


def test_every_link_of_a_chain_is_one_speaker_or_one_publisher(draft: Draft) -> None:
    statement = draft()
    both = {"speaker": statement.speaker, "publisher": statement.source.publisher}
    for who in ({}, both):
        with refused(by="relay_is_speaker_or_publisher"):
            Relay.objects.create(statement=statement, rank=1, **who)


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: Publisher.objects.create(name="P", slug="p", country="eg"), "publisher_country_is_a_code"),
        (lambda: Publisher.objects.create(name="P", slug="p", kind="rumour"), "publisher_kind_is_known"),
        (lambda: Speaker.objects.create(name="S", slug="s", kind="oracle"), "speaker_kind_is_known"),
        (lambda: update(Party.objects.get(slug="northland"), parent=models.F("id")), "party_is_not_its_own_parent"),
        (
            lambda: update(Affiliation.objects.get(), since="2031-02-02", until="2031-02-01"),
            "affiliation_begins_before_it_ends",
        ),
        (
            lambda: update(Topic.objects.get(), opened_on="2031-02-02", closed_on="2031-02-01"),
            "topic_opens_before_it_closes",
        ),
        (lambda: update(TopicParty.objects.first(), role="judge"), "topic_party_role_is_known"),
        (lambda: update(Claim.objects.get(), kind="opinion"), "claim_kind_is_known"),
        (lambda: update(Claim.objects.get(), proposition=""), "claim_proposition_is_given"),
        (
            lambda: Claim.objects.create(topic=Topic.objects.get(), slug="leave", proposition="Again."),
            "claim_slug_is_unique_in_its_topic",
        ),
        (lambda: update(Source.objects.get(), title=""), "source_title_is_given"),
        (lambda: update(Source.objects.get(), queue_state="lost"), "source_queue_state_is_known"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_reference_rows_hold_what_is_known(
    make: Any, constraint: str, article: Source, valley: Claim, ada: Speaker
) -> None:
    with refused(by=constraint):
        make()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [({"rating": "meh"}, "assessment_rating_is_known"), ({"rationale": ""}, "assessment_has_a_rationale")],
)
def test_an_assessment_has_a_known_rating_and_says_why(
    fields: dict[str, str], constraint: str, valley: Claim, cleo: User
) -> None:
    with refused(by=constraint):
        Assessment.objects.create(claim=valley, assessed_by=cleo, **({"rating": "true", "rationale": "Seen."} | fields))


def test_every_constraint_and_trigger_of_ours_has_words(db: None) -> None:
    from django.apps import apps

    ours = [model for label in ("sources", "claims") for model in apps.get_app_config(label).get_models()]
    unsaid = [
        constraint.name
        for model in ours
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert unsaid == []


def test_the_database_cuts_where_python_cuts(article: Source, ada: Speaker, ann: User) -> None:
    text = "🇵🇸 a👩‍👩‍👧b é e\u0301 שָׁלוֹם \u200fسلام\u200e\u00ad \u00a0x 𝒳 ends"
    revision = article.add_revision(text)
    for passage in ("👩‍👩‍👧b", "e\u0301 שָׁ", "سلام\u200e\u00ad \u00a0x 𝒳", text):
        spans = locate(text, [passage])
        statement = Statement.objects.record(by=ann, revision=revision, spans=spans, speaker=ada, kind="indirect")
        [(start, end)] = spans
        statement.refresh_from_db()
        assert statement.quote == cut(text, spans) == passage
        assert statement.prefixes == [text[max(start - 32, 0) : start]]
        assert statement.suffixes == [text[end : end + 32]]
