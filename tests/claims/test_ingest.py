"""Import files: what is right goes in once, and what is wrong is named by file and line and leaves nothing behind."""

import copy
import hashlib
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from claims.ingest.desk import Desk
from claims.ingest.load import load
from claims.management.commands.load_demo import CORPUS
from claims.models import Claim, Position, Statement, Topic, Transition
from sources.models import Party, Publisher, Revision, Source, Speaker
from tests.claims.conftest import Write
from tests.claims.files import DIGEST, TEXT, TOPIC, changed, only_problem, rows


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if re.match(r"(INSERT|UPDATE|DELETE)", query["sql"])]


# The demonstration corpus


def test_the_demo_is_loaded_whole_and_published_by_its_reviewer(corpus: Topic) -> None:
    assert (Source.objects.count(), Statement.objects.published().count()) == (24, 98)
    assert (Position.objects.published().count(), Claim.objects.count()) == (177, 11)
    people = Statement.objects.values_list("annotated_by__username", "reviewed_by__username").order_by().distinct()
    assert list(people) == [("annotator", "reviewer")]
    moves = Transition.objects.order_by("id").values_list("name", "by__username").distinct("name").order_by("name")
    assert list(moves) == [("publish", "reviewer"), ("submit", "annotator")]
    assert Transition.objects.count() == 2 * 98
    assert set(Source.objects.values_list("full_text_public", "queue_state", "is_public")) == {(True, "done", True)}
    assert [party.slug for party in corpus.ordered_parties()] == [
        "hamas", "israel", "mediators", "egypt", "qatar", "united-states",
    ]  # fmt: skip


def test_every_passage_of_the_demo_is_cut_to_the_letter(corpus: Topic) -> None:
    for file in (CORPUS / "sources").glob("*.json"):
        digest = json.loads(file.read_text())
        statements = {row.external_id: row for row in Statement.objects.filter(source__external_id=file.stem)}
        assert {name: row.exacts for name, row in statements.items()} == {
            record["id"]: record["passages"] for record in digest["statements"]
        }
        assert Revision.objects.get(source__external_id=file.stem).text == digest["text"]


def test_a_second_run_of_the_demo_writes_nothing(corpus: Topic) -> None:
    before = rows()
    with CaptureQueriesContext(connection) as queries:
        out = StringIO()
        call_command("load_demo", stdout=out)
    assert writes(queries) == []
    assert rows() == before
    assert re.search(r"statement +0 +0 +98\n", out.getvalue())


def test_a_second_run_of_the_demo_leaves_alone_what_somebody_changed(corpus: Topic) -> None:
    statement = Statement.objects.first()
    statement.withdraw(by=User.objects.get(username="reviewer"), comment="Tried out.")
    Claim.objects.filter(rank=1).update(label="Another label")
    call_command("load_demo", verbosity=0)
    statement.refresh_from_db()
    assert (statement.state, Claim.objects.get(rank=1).label) == ("withdrawn", "Another label")


def test_the_corpus_imported_over_the_demo_is_unchanged(corpus: Topic) -> None:
    with CaptureQueriesContext(connection) as queries:
        call_command("import_statements", CORPUS, annotator="annotator", reviewer="reviewer", verbosity=0)
    assert writes(queries) == []


def test_demo_users_cannot_log_in_unless_asked_for(corpus: Topic) -> None:
    demo = User.objects.order_by("username")
    assert [(user.username, user.is_staff, user.is_superuser, user.has_usable_password()) for user in demo] == [
        ("annotator", True, False, False), ("chief", True, False, False), ("reviewer", True, False, False),
    ]  # fmt: skip
    out = StringIO()
    call_command("load_demo", logins=True, stdout=out)
    assert all(user.check_password("parley-demo") for user in demo.all())
    assert "annotator, reviewer, chief with the password parley-demo" in out.getvalue()


@pytest.mark.parametrize("host", ["parley.example.org", "*", "192.168.0.7", ".example.org", "127.0.0.1.example.org"])
def test_known_passwords_are_refused_where_others_can_reach_the_server(host: str, settings: Any, db: None) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", host]
    with pytest.raises(CommandError, match=re.escape(f"this server answers to {host}: leave the option out")):
        call_command("load_demo", logins=True)
    assert User.objects.count() == 0


# What goes in


def test_a_digest_becomes_a_source_with_statements_relays_and_positions(topic: Topic, write: Write, ann: User) -> None:
    report = load([write(DIGEST)], Desk(ann))
    assert dict(report.created) == {"source": 1, "text": 1, "statement": 2, "position": 2}
    source = Source.objects.get()
    assert (source.external_id, source.queue_state, source.full_text_public, source.is_public) == (
        "valley-opens", "in_progress", False, False,
    )  # fmt: skip
    assert (source.original_title, source.original_url, str(source.original_published_on)) == (
        "", "https://wire.example/1", "2031-03-01",
    )  # fmt: skip
    first, second = Statement.objects.in_text_order()
    assert (first.state, first.annotated_by, first.utterance.external_id) == ("draft", ann, "ada-on-leaving")
    assert [(relay.rank, relay.who.name) for relay in first.relays.all()] == [(1, "The Gazette")]
    assert [(row.holder.slug, row.stance, row.condition, row.ascribed) for row in first.positions.order_by("id")] == [
        ("northland", "supports", "", False), ("hosts", "conditional", "in spring", True),
    ]  # fmt: skip
    assert (second.quote, second.party, second.transitions.count()) == ("We go in spring, […] and not before.", None, 0)


def test_parties_keep_their_order_and_sit_in_their_parents(topic: Topic) -> None:
    assert [(row.party.slug, row.role) for row in topic.topic_parties.all()] == [
        ("northland", "party"), ("hosts", "mediator"), ("eastland", "mediator"),
    ]  # fmt: skip
    assert Party.objects.get(slug="eastland").parent.slug == "hosts"


def test_the_same_files_again_write_nothing(topic: Topic, write: Write, ann: User, ray: User) -> None:
    files = [write(DIGEST), write(TOPIC, "topic.json")]
    assert load(files, Desk(ann, ray)).rejected == []
    before = rows()
    with CaptureQueriesContext(connection) as queries:
        report = load(files, Desk(ann, ray))
    assert (writes(queries), rows(), dict(report.created), dict(report.updated)) == ([], before, {}, {})
    assert report.unchanged["statement"] == 2


def test_drafts_are_submitted_and_published_in_two_names_and_the_log_says_so(
    topic: Topic, write: Write, ann: User, ray: User
) -> None:
    path = write(DIGEST)
    load([path], Desk(ann))
    assert load([path], Desk(ann, submit=True)).updated["statement"] == 2
    assert load([path], Desk(ann, ray)).updated["statement"] == 2
    log = Transition.objects.order_by("id").values_list("name", "by__username")
    assert list(log) == [("submit", "ann"), ("submit", "ann"), ("publish", "ray"), ("publish", "ray")]
    assert Statement.objects.published().count() == 2


def test_what_goes_in_published_is_as_if_moved_by_hand(topic: Topic, write: Write, ann: User, ray: User) -> None:
    load([write(DIGEST)], Desk(ann, ray))
    statement = Statement.objects.in_text_order().first()
    log = [(row.name, row.from_state, row.to_state, row.by, row.comment) for row in statement.transitions.all()]
    assert log == [
        ("submit", "draft", "submitted", ann, "Imported from digest.json"),
        ("publish", "submitted", "published", ray, "Imported from digest.json"),
    ]
    assert (statement.version, statement.reviewed_by) == (3, ray)
    assert Source.objects.get().is_public
    assert Speaker.objects.get().is_public


def test_a_changed_draft_is_edited(topic: Topic, write: Write, ann: User) -> None:
    load([write(DIGEST)], Desk(ann))
    record = changed(DIGEST, "statements", 0, "positions", 0, "stance", to="opposes")
    report = load([write(changed(record, "statements", 1, "passages", to=["We go in spring,"]))], Desk(ann))
    assert (report.updated["statement"], report.updated["position"], report.unchanged["position"]) == (2, 1, 1)
    first, second = Statement.objects.in_text_order()
    assert sorted(first.positions.values_list("stance", flat=True)) == ["conditional", "opposes"]
    assert second.quote == "We go in spring,"


def test_a_changed_published_statement_is_a_public_correction(topic: Topic, write: Write, ann: User, ray: User) -> None:
    load([write(DIGEST)], Desk(ann, ray))
    report = load([write(changed(DIGEST, "statements", 1, "occasion", to="opening speech"))], Desk(ann, ray))
    assert (report.updated["statement"], report.unchanged["statement"]) == (1, 1)
    statement = Statement.objects.get(external_id="1-02")
    assert (statement.occasion, statement.version) == ("opening speech", 4)
    corrections = statement.transitions.corrections().values_list("name", "by__username", "comment")
    assert list(corrections) == [("correct", "ray", "Re-imported from digest.json")]


def test_a_published_statement_is_not_changed_without_a_reviewer(
    topic: Topic, write: Write, ann: User, ray: User
) -> None:
    load([write(DIGEST)], Desk(ann, ray))
    path = write(changed(DIGEST, "statements", 1, "occasion", to="opening speech"))
    assert only_problem(load([path], Desk(ann))) == (
        f"{path}:{Path(path).read_text().split('1-02')[0].count(chr(10))}: statement 1-02: "
        "differs from what is published: a correction needs a reviewer (--reviewer)."
    )


def test_a_changed_text_is_a_new_revision_and_statements_find_their_words_in_it(
    topic: Topic, write: Write, ann: User, ray: User
) -> None:
    load([write(DIGEST)], Desk(ann, ray))
    load([write(changed(DIGEST, "text", to="Corrected. " + TEXT))], Desk(ann, ray))
    assert list(Revision.objects.order_by("number").values_list("number", "text")) == [
        (1, TEXT), (2, "Corrected. " + TEXT),
    ]  # fmt: skip
    assert not Statement.objects.orphaned().exists()
    first = Statement.objects.in_text_order().first()
    assert (first.revision.number, first.place, first.quote) == (2, 11, "Northland will leave the valley")


def test_an_affiliation_that_ended_is_closed_and_none_is_deleted(topic: Topic, write: Write, ann: User) -> None:
    ended = [{"party": "northland", "role": "Spokeswoman", "until": "2031-02-01"}]
    load([write(changed(TOPIC, "speakers", 0, "affiliations", to=ended), "topic.json")], Desk(ann))
    load([write(changed(TOPIC, "speakers", 0, "affiliations", to=[]), "topic.json")], Desk(ann))
    ada = Speaker.objects.get()
    assert [(row.role, str(row.until)) for row in ada.affiliations.all()] == [("Spokeswoman", "2031-02-01")]


def test_a_source_added_by_hand_is_known_by_its_address(topic: Topic, write: Write, ann: User) -> None:
    by_hand = Source.objects.create(
        title="Valley", publisher=Publisher.objects.get(), url=DIGEST["source"]["url"], published_on="2031-03-02"
    )
    by_hand.add_revision(TEXT)
    assert load([write(DIGEST)], Desk(ann)).updated["source"] == 1
    assert (Source.objects.get().external_id, Revision.objects.count()) == ("valley-opens", 1)


def test_imports_wait_for_each_other(write: Write, ann: User) -> None:
    path, other = write(TOPIC), connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('parley import'))")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            load([path], Desk(ann))
    finally:
        other.close()
    assert load([path], Desk(ann)).files == 1


# Every character

EVERYTHING = (
    "Family 👩‍👩‍👧‍👦 and flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿; the Arabic وقفُ إطلاقِ النار, the Hebrew שָׁלוֹם עֲלֵיכֶם; "
    "e\u0301 next to é; soft\u00adhyphen; no\u00a0break; zero\u200bwidth; \u202bembedded\u202c; \ufeffmark; 𐍈 beyond the plane.\ttab"
)


def test_every_character_survives_and_counts_as_one(topic: Topic, write: Write, ann: User) -> None:
    record = changed(DIGEST, "text", to=EVERYTHING)
    words = ["👩‍👩‍👧‍👦 and flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "وقفُ إطلاقِ النار", "שָׁלוֹם עֲלֵיכֶם", "e\u0301 next to é; soft\u00adhyphen", "𐍈 beyond"]
    record["statements"] = [{**DIGEST["statements"][1], "passages": words}]
    assert load([write(record)], Desk(ann)).rejected == []
    revision, statement = Revision.objects.get(), Statement.objects.get()
    assert revision.text == EVERYTHING
    assert revision.sha256 == hashlib.sha256(EVERYTHING.encode()).hexdigest()
    assert statement.exacts == words
    assert statement.spans == [[EVERYTHING.index(word), EVERYTHING.index(word) + len(word)] for word in words]


def test_line_ends_alone_are_made_alike_in_text_and_passages(topic: Topic, write: Write, ann: User) -> None:
    record = changed(DIGEST, "text", to="One line\r\nand another.\rA third.")
    record["statements"] = [{**DIGEST["statements"][1], "passages": ["line\r\nand another.\rA"]}]
    assert load([write(record)], Desk(ann)).rejected == []
    assert (Revision.objects.get().text, Statement.objects.get().quote) == (
        "One line\nand another.\nA third.", "line\nand another.\nA",
    )  # fmt: skip


# Where claims are found


def other_topic(ann: User, write: Write) -> None:
    record = changed(TOPIC, "topic", "slug", to="river-talks")
    assert load([write(record, "river.json")], Desk(ann)).rejected == []


def test_a_claim_of_two_topics_must_be_told_apart(topic: Topic, write: Write, ann: User) -> None:
    other_topic(ann, write)
    path = write(DIGEST)
    assert [(problem.where, problem.what) for problem in load([path], Desk(ann)).rejected] == [
        (
            f"statement 1-01, position {place}, claim",
            f"the claim “{slug}” is in several topics: choose river-talks or valley-talks with --topic.",
        )
        for place, slug in enumerate(["leave", "talk"], 1)
    ]


def test_the_topic_named_is_where_claims_are_found(topic: Topic, write: Write, ann: User) -> None:
    other_topic(ann, write)
    call_command("import_statements", write(DIGEST), topic="river-talks", annotator="ann", verbosity=0)
    assert set(Position.objects.values_list("claim__topic__slug", flat=True)) == {"river-talks"}


def test_a_folder_is_its_topic_file_and_its_sources(tmp_path: Path, write: Write, db: None) -> None:
    (tmp_path / "sources").mkdir()
    write(TOPIC, "topic.json")
    write(DIGEST, "sources/01.json")
    out = StringIO()
    call_command("import_statements", tmp_path, stdout=out)
    assert re.search(r"statement +2 +0 +0\n", out.getvalue())
    importer = User.objects.get()
    assert (importer.username, importer.is_staff, importer.has_usable_password()) == ("importer", False, False)
    assert list(importer.groups.values_list("name", flat=True)) == ["Annotators"]


def test_a_topic_file_after_its_sources_is_read_first(write: Write, ann: User) -> None:
    assert load([write(DIGEST), write(TOPIC, "zz.json")], Desk(ann)).rejected == []


# In whose name


def test_nobody_publishes_what_they_annotated(topic: Topic, write: Write, ray: User) -> None:
    with pytest.raises(CommandError, match="ray cannot review what the same user annotates: name two users"):
        call_command("import_statements", write(DIGEST), annotator="ray", reviewer="ray")
    assert Statement.objects.count() == 0


def test_a_reviewer_must_be_allowed_to_review_and_an_annotator_to_annotate(ann: User, bob: User, sam: User) -> None:
    with pytest.raises(PermissionDenied, match="bob may not review: add that user to the group Reviewers"):
        Desk(ann, bob)
    with pytest.raises(PermissionDenied, match="sam may not annotate: add that user to the group Annotators"):
        Desk(sam)


def test_an_unknown_user_or_topic_is_one_line_with_what_comes_near(topic: Topic, write: Write, ray: User) -> None:
    with pytest.raises(CommandError, match=r"no user is called “rey”\. Did you mean ray\?"):
        call_command("import_statements", write(DIGEST), reviewer="rey")
    with pytest.raises(CommandError, match=r"no topic is called “valey-talks”\. Did you mean valley-talks\?"):
        call_command("import_statements", write(DIGEST), topic="valey-talks")


def test_somebody_elses_draft_is_not_changed(topic: Topic, write: Write, ann: User, bob: User) -> None:
    load([write(DIGEST)], Desk(ann))
    report = load([write(changed(DIGEST, "statements", 1, "occasion", to="speech"))], Desk(bob))
    assert "statement 1-02: Only its annotator changes a statement" in only_problem(report)


def test_bulk_inserts_cannot_cheat_the_database(topic: Topic, write: Write, ann: User) -> None:
    load([write(DIGEST)], Desk(ann))
    genuine = Statement.objects.in_text_order().first()
    genuine.pk, genuine.public_id, genuine.external_id = None, "forged", "forged"
    forgeries = {
        "statement_quote_is_what_the_spans_cut": {"quote": "Northland will never leave"},
        "statement_reviewer_is_not_annotator": {
            "state": "published",
            "reviewed_by": ann,
            "reviewed_at": genuine.created_at,
        },
        "statement_reviewed_iff_public": {"state": "published"},
    }
    for constraint, lies in forgeries.items():
        forged = copy.copy(genuine)
        for name, value in lies.items():
            setattr(forged, name, value)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Statement.objects.bulk_create([forged])
        assert caught.value.__cause__.diag.constraint_name == constraint
