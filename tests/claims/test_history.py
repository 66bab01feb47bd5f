"""The history of a statement: what the database kept, told as versions and changes; and that nobody can alter it."""

import pytest
from django.contrib.auth.models import User
from django.db import Error, connection, transaction
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims import history
from claims.changes import mark_words
from claims.models import Claim, Comment, Statement, Topic, Transition
from sources.models import Party, Publisher, Speaker
from tests.conftest import Draft, Published
from tests.html import soup, words


def told(changes: list[history.Change] | None) -> list[tuple[str, str, str]]:
    assert changes is not None
    return [(change.label, change.before, change.after) for change in changes]


def position(claim: Claim, holder: Party, stance: str = "supports", **fields: str) -> dict[str, object]:
    return {"claim": claim, "holder": holder, "stance": stance, **fields}


# Versions


def test_every_version_tells_who_made_it_by_which_move(draft: Draft, ann: User, ray: User) -> None:
    statement = draft()
    statement.edit(by=ann, cue="announced")
    statement.submit(by=ann)
    statement.publish(by=ray)
    made = [(v.number, v.by, v.move and v.move.name, v.state) for v in history.versions(statement)]
    assert made == [
        (1, ann, None, "draft"),
        (2, ann, None, "draft"),
        (3, ann, "submit", "submitted"),
        (4, ray, "publish", "published"),
    ]


def test_a_version_has_the_fields_positions_and_relays_that_it_had(
    draft: Draft, ann: User, valley: Claim, northland: Party, southland: Party, article: Model
) -> None:
    herald = Publisher.objects.create(name="The Herald", slug="herald")
    statement = draft(positions=[position(valley, northland), position(valley, southland, "opposes")], via=[herald])
    statement.edit(by=ann, occasion="a call", positions=[position(valley, northland, "neutral")], via=[])
    first, second = history.versions(statement)
    assert [r.says for r in first.positions] == ["supports", "opposes"]
    assert [r.says for r in second.positions] == ["takes no side"]
    assert (first.relays, second.relays) == (("The Herald",), ())
    assert told(history.changes_between(first, second)) == [
        ("Occasion", "", "a call"),
        ("Position: Republic of Northland on “Leave the valley”", "supports", "takes no side"),
        ("Position: Kingdom of Southland on “Leave the valley”", "opposes", ""),
        ("Passed on by", "The Herald", ""),
    ]


def test_a_position_that_is_taken_back_and_put_again_is_there_only_when_it_was(
    draft: Draft, ann: User, valley: Claim, northland: Party
) -> None:
    statement = draft(positions=[position(valley, northland)])
    statement.edit(by=ann, positions=[])
    statement.edit(by=ann, note="A word")
    statement.edit(by=ann, positions=[position(valley, northland, "opposes")])
    assert [[r.says for r in v.positions] for v in history.versions(statement)] == [["supports"], [], [], ["opposes"]]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_makes_several_versions_keeps_them_apart(
    draft: Draft, ann: User, ray: User, valley: Claim, northland: Party
) -> None:
    with transaction.atomic():
        statement = draft(positions=[position(valley, northland)])
        statement.edit(by=ann, positions=[position(valley, northland, "opposes")])
        statement.edit(by=ann, positions=[])
        statement.submit(by=ann)
    assert [len(v.positions) for v in history.versions(statement)] == [1, 1, 0, 0]
    assert [v.move and v.move.name for v in history.versions(statement)] == [None, None, None, "submit"]


def test_an_unchanged_save_tells_no_change(draft: Draft, ann: User, valley: Claim, northland: Party) -> None:
    statement = draft(positions=[position(valley, northland)])
    statement.edit(by=ann, positions=[position(valley, northland)])
    first, second = history.versions(statement)
    assert history.changes_between(first, second) == []


def test_what_changed_since_the_return_leaves_out_what_changed_before(draft: Draft, ann: User, ray: User) -> None:
    statement = draft()
    assert history.since_returned(statement) is None
    statement.edit(by=ann, cue="announced")
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Who was there?")
    assert history.since_returned(statement) == []
    statement.edit(by=ann, occasion="a call")
    statement.submit(by=ann)
    assert told(history.since_returned(statement)) == [("Occasion", "", "a call")]


@pytest.mark.parametrize("moves", [1, 5])
def test_many_versions_cost_no_more_queries_than_one(
    moves: int,
    published: Published,
    ray: User,
    valley: Claim,
    northland: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    statement = published(positions=[position(valley, northland)], via=[Publisher.objects.get()])
    for number in range(moves):
        statement.correct(by=ray, comment="Mended", occasion=f"call {number}")
    with django_assert_num_queries(9):
        assert len(history.versions(statement)) == 3 + moves


def test_what_the_history_names_may_have_gone(draft: Draft, ann: User) -> None:
    gone = Speaker.objects.create(name="Eve Example", slug="eve-example")
    statement = draft()
    statement.edit(by=ann, speaker=gone)
    statement.edit(by=ann, speaker=statement.speaker.__class__.objects.get(slug="ada-example"))
    gone.delete()
    assert [v.fields["Speaker"] for v in history.versions(statement)] == [
        "Ada Example",
        "(deleted since)",
        "Ada Example",
    ]


def test_the_desk_reads_every_move_of_an_import_that_made_them_at_one_stroke(corpus: Topic) -> None:
    statement = Statement.objects.published().first()
    assert statement
    assert [v.number for v in history.versions(statement)] == [3]
    assert [entry.what for entry in history.entries(statement)] == ["Made", "Submitted", "Published"]


@pytest.mark.parametrize("edits", [1, 3])
def test_the_desk_reads_who_changed_which_field_from_what_to_what(
    edits: int, client: Client, draft: Draft, ann: User, ray: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    statement = draft()
    for number in range(edits):
        statement.edit(by=ann, occasion=f"call {number}")
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Which call?")
    client.force_login(ray)
    rows = soup(client.get(f"/admin/claims/statement/{statement.pk}/change/")).select(".desk-log tbody tr")
    said = [[words(cell) for cell in row.select("td")[1:]] for row in rows]
    assert said[:2] == [["ann", "Made", ""], ["ann", "Edited", "Occasion: call 0"]]
    assert said[-1] == ["ray", "Returned: submitted → returned Which call?", ""]
    assert len(rows) == edits + 3
    with django_assert_num_queries(10):
        history.entries(statement)


# What the public reads of it


def test_a_correction_tells_the_public_what_changed_when_and_why(
    client: Client, published: Published, ray: User, valley: Claim, northland: Party
) -> None:
    statement = published(positions=[position(valley, northland)])
    statement.correct(
        by=ray, comment="The cue was misread.", cue="announced", positions=[position(valley, northland, "opposes")]
    )
    page = soup(client.get(statement.get_absolute_url()))
    assert "Changed since it was published" in words(page.select_one(".notice"))
    event = page.select_one(".changes li")
    assert words(event.h3).startswith("Corrected on ")
    assert words(event.p) == "The cue was misread."
    assert [str(change) for change in event.select("dd > *")] == [
        "<del>said</del>",
        "<ins>announced</ins>",
        "<del>supports</del>",
        "<ins>opposes</ins>",
    ]


def test_no_word_of_a_draft_is_in_the_public_history(client: Client, draft: Draft, ann: User, ray: User) -> None:
    statement = draft(cue="zucchini")
    statement.edit(by=ann, cue="aubergine")
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Say courgette")
    statement.edit(by=ann, cue="said")
    statement.submit(by=ann)
    statement.publish(by=ray)
    statement.correct(by=ray, comment="More of it.", occasion="a call")
    statement.withdraw(by=ray, comment="Taken back.")
    assert [(c.what, c.note, told(c.changes)) for c in history.corrections(statement)] == [
        ("Corrected", "More of it.", [("Occasion", "", "a call")]),
        ("Withdrawn", "Taken back.", []),
    ]
    page = client.get(statement.get_absolute_url()).content.decode()
    assert not [word for word in ("zucchini", "aubergine", "courgette", "eturned") if word in page]
    assert "a call" in page


def test_a_statement_that_was_never_changed_tells_of_no_change(client: Client, published: Published) -> None:
    page = soup(client.get(published().get_absolute_url()))
    assert page.select_one(".changes") is None
    assert page.select_one(".notice") is None


def test_a_correction_from_before_history_was_kept_is_told_by_the_log(published: Published, ray: User) -> None:
    statement = published()
    Transition.objects.create(
        statement=statement, name="correct", from_state="published", to_state="published", by=ray, comment="Of old."
    )
    assert [(c.what, c.note, c.changes) for c in history.corrections(statement)] == [("Corrected", "Of old.", [])]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_permalink_costs_the_same_queries_for_1_correction_and_for_3(
    client: Client,
    rows: int,
    published: Published,
    ray: User,
    valley: Claim,
    northland: Party,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    statement = published(positions=[position(valley, northland)])
    for number in range(rows):
        speaker = Speaker.objects.create(name=f"Eve Example {number}", slug=f"eve-{number}")
        statement.correct(by=ray, comment="Mended", speaker=speaker, via=[speaker], positions=[])
    with django_assert_num_queries(14):
        client.get(statement.get_absolute_url())


# Written by SQL


def run(sql: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.django_db(transaction=True)
def test_what_is_written_past_the_desk_is_told_and_laid_at_nobodys_door(
    published: Published, valley: Claim, northland: Party
) -> None:
    statement = published(positions=[position(valley, northland)], via=[Publisher.objects.get()])
    run("UPDATE claims_statement SET cue = 'swore' WHERE id = %s", statement.pk)
    run("UPDATE claims_position SET stance = 'opposes' WHERE statement_id = %s", statement.pk)
    run("DELETE FROM claims_relay WHERE statement_id = %s", statement.pk)
    entries = history.entries(statement)[3:]
    assert [(entry.what, entry.by) for entry in entries] == [("Changed past the desk", None)] * 3
    assert [told(entry.changes) for entry in entries] == [
        [("Reporting verb", "said", "swore")],
        [("Position: Republic of Northland on “Leave the valley”", "supports", "opposes")],
        [("Passed on by", "The Gazette", "")],
    ]
    assert [correction.what for correction in history.corrections(statement)] == ["Changed"] * 3


def test_a_relay_that_sql_alters_is_kept_as_it_was(published: Published) -> None:
    herald = Publisher.objects.create(name="The Herald", slug="herald")
    statement = published(via=[Publisher.objects.get(slug="gazette")])
    run("UPDATE claims_relay SET publisher_id = %s", herald.pk)
    assert [v.relays for v in history.versions(statement)][-2:] == [("The Gazette",), ("The Herald",)]


KEPT = [
    "claims_statementevent",
    "claims_positionevent",
    "claims_relayevent",
    "claims_transition",
    "claims_comment",
    "sources_revision",
]


@pytest.fixture
def with_history(published: Published, ann: User, ray: User, valley: Claim, northland: Party) -> Statement:
    """A statement with rows in every table of its history."""
    statement = published(positions=[position(valley, northland)], via=[Publisher.objects.get()])
    statement.correct(by=ray, comment="Mended", positions=[], via=[])
    Comment.objects.create(statement=statement, by=ann, text="Thank you.")
    return statement


def rows_of(table: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 one of KEPT
        return cursor.fetchall()


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(
    "attack", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
@pytest.mark.parametrize("disguise", ["", "with triggers ignored", "as a replica"])
def test_nobody_alters_history_through_sql(disguise: str, attack: str, table: str, with_history: Statement) -> None:
    key = "pgh_id" if table.endswith("event") else "id"
    before = rows_of(table)
    assert before, "nothing is proved by an empty table"
    run("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be checked would refuse a TRUNCATE by itself
    if disguise == "with triggers ignored":
        ignore_every_trigger()
    elif disguise:
        run("SET LOCAL session_replication_role = replica")
    with pytest.raises(Error, match="are for ever"):
        run(attack.format(table=table, key=key))
    assert rows_of(table) == before


def ignore_every_trigger() -> None:
    """What `pgtrigger.ignore()` sets, for the rest of the test’s transaction and for all triggers that there are."""
    every = "SELECT array_agg(tgrelid::regclass || ':' || tgname)::text FROM pg_trigger WHERE NOT tgisinternal"
    run(f"SELECT set_config('pgtrigger.ignore', ({every}), TRUE)")


def test_every_table_that_is_only_added_to_refuses_in_every_session(db: None) -> None:
    """A trigger that is made anew is an ordinary one: its migration has to say ENABLE ALWAYS again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE tgname ~ 'append_only|never_emptied'")
        found = cursor.fetchall()
    assert len(found) >= 2 * len(KEPT)
    assert [name for name, enabled in found if enabled != "A"] == []


# Word by word


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("We go in spring", "We go in autumn", "We go in <del>spring</del> <ins>autumn</ins>"),
        ("We go", "We go now", "We <del>go</del> <ins>go now</ins>"),
        ("", "a call", "<ins>a call</ins>"),
        ("a call", "", "<del>a call</del>"),
        ("Ada", "Eve", "<del>Ada</del> <ins>Eve</ins>"),
        ("<b>", "", "<del>&lt;b&gt;</del>"),
    ],
)
def test_a_change_is_marked_word_by_word(before: str, after: str, marked: str) -> None:
    assert mark_words(before, after) == marked


def test_a_long_text_is_compared_in_no_time() -> None:
    old, new = "one two " * 50_000, "two three " * 50_000
    assert mark_words(old, new) == f"<del>{old}</del> <ins>{new}</ins>"
