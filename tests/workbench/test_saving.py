"""Statements made and changed from the workbench: what is stored, what is refused, and nothing twice."""

import threading
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from claims.models import Claim, KeptForm, Position, Statement
from claims.workflow import State
from sources.models import Party, Source, Speaker
from tests.conftest import TEXT, Draft
from tests.workbench.conftest import Bench, Filled


def test_a_form_becomes_a_draft_of_its_editor_with_the_words_of_the_text(
    bench: Any, ann: User, filled: Filled, ada: Speaker, northland: Party, valley: Claim, article: Source
) -> None:
    answer = bench(ann).create(
        filled("We go in spring,", "and not before.", kind="direct", cue="added", addressee="the press", note="N.")
    )
    assert answer.status_code == 201
    made = Statement.objects.get()
    assert answer.json()["id"] == made.public_id
    assert (made.exacts, made.quote) == (
        ["We go in spring,", "and not before."],
        "We go in spring, […] and not before.",
    )
    assert (made.state, made.annotated_by, made.source, made.speaker) == (State.DRAFT, ann, article, ada)
    assert (made.kind, made.cue, made.addressee, made.note) == ("direct", "added", "the press", "N.")
    assert (made.party, made.role, made.said_on.isoformat()) == (northland, "Spokeswoman", "2031-03-02")
    assert list(made.positions.values_list("claim", "holder", "stance", "ascribed")) == [
        (valley.pk, northland.pk, "supports", False)
    ]


def test_relays_are_kept_in_the_order_given(bench: Any, ann: User, filled: Filled, article: Source) -> None:
    official = Speaker.objects.create(name="An official", slug="official", kind="unnamed")
    via = [{"kind": "speaker", "id": official.pk}, {"kind": "publisher", "id": article.publisher_id}]
    bench(ann).create(filled(via=via))
    assert [relay.who for relay in Statement.objects.get().relays.all()] == [official, article.publisher]


def test_a_party_left_empty_stays_empty(bench: Any, ann: User, filled: Filled) -> None:
    bench(ann).create(filled(party=None, role=""))
    made = Statement.objects.get()
    assert (made.party, made.role) == (None, "")
    assert made.positions.get().ascribed


def test_the_same_form_sent_twice_makes_one_statement(bench: Any, ann: User, filled: Filled) -> None:
    key = str(uuid.uuid4())
    first, second = (bench(ann).create(filled(), key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Statement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_times_at_once_makes_one_statement(bench: Any, ann: User, filled: Filled) -> None:
    key, values, answers = str(uuid.uuid4()), filled(), list[Any]()

    def send() -> None:
        try:
            answers.append(bench(ann).create(values, key))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.json()["id"] for answer in answers} == {Statement.objects.get().public_id}


def test_another_editor_may_use_the_same_key(bench: Any, ann: User, bob: User, filled: Filled) -> None:
    key = str(uuid.uuid4())
    assert [bench(user).create(filled(), key).status_code for user in (ann, bob)] == [201, 201]


def test_words_that_the_text_does_not_have_there_are_refused(bench: Any, ann: User, filled: Filled) -> None:
    answer = bench(ann).create(filled(exacts=["Northland will keep the valley."]))
    assert answer.status_code == 409
    assert "not those of the newest text" in answer.json()["error"]
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"spans": [], "exacts": []}, "spans"),
        ({"spans": [[5, 5]], "exacts": [""]}, "spans"),
        ({"spans": [[0, 9], [4, 12]], "exacts": [TEXT[:9], TEXT[4:12]]}, "spans"),
        ({"spans": [[0, 99999]], "exacts": [TEXT]}, "spans"),
        ({"spans": "x"}, "spans"),
        ({"speaker": None}, "speaker"),
        ({"speaker": {"id": 999999}}, "speaker"),
        ({"speaker": {"id": 10**30}}, "speaker"),
        ({"party": {"id": 999999}}, "party"),
        ({"kind": "sung"}, "kind"),
        ({"said_on": "spring"}, "said_on"),
        ({"said_on": None}, "said_on"),
        ({"said_on": "2031-03-02", "said_on_precision": "month"}, "__all__"),
        ({"cue": "x" * 101}, "cue"),
        ({"cue": "a\0b"}, "cue"),
        ({"note": "\ud800"}, "note"),
        ({"language": "?"}, "language"),
        ({"via": [{"kind": "horse", "id": 1}]}, "via.0.kind"),
        ({"via": [{"kind": "speaker", "id": 999999}]}, "via.0"),
        ({"positions": [{}]}, "positions.0.claim"),
        ({"positions": [{"claim": 999999, "holder": 999999, "stance": "supports"}]}, "positions.0.claim"),
    ],
)
def test_what_cannot_be_saved_is_said_by_its_field_and_leaves_nothing(
    change: dict[str, Any], field: str, bench: Any, ann: User, filled: Filled
) -> None:
    answer = bench(ann).create(filled(**change))
    assert answer.status_code in (409, 422)
    assert answer.json()["error"]
    assert field in answer.json()["errors"]
    assert (Statement.objects.count(), Position.objects.count()) == (0, 0)


def test_a_condition_is_asked_for_by_the_number_of_its_position(
    bench: Any, ann: User, filled: Filled, southland: Party
) -> None:
    values = filled()
    values["positions"].append({**values["positions"][0], "holder": southland.pk, "stance": "conditional"})
    answer = bench(ann).create(values)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["positions.1.__all__"]
    assert not Statement.objects.exists()


@pytest.mark.parametrize("body", [[], "x", None])
def test_a_body_that_is_no_object_is_refused(body: Any, bench: Any, ann: User) -> None:
    at = bench(ann)
    answer = at.client.post(at.base + "statements/", "[" * 200_000 if body is None else body, "application/json")
    assert answer.status_code == 422


# Changes


def change(at: Bench, statement: Statement, values: dict[str, Any], version: int | None = None) -> Any:
    told = {"version": version or statement.version, "values": values, "key": str(uuid.uuid4())}
    return at.post(f"statements/{statement.public_id}/", told)


def test_what_the_form_is_given_can_be_sent_back_and_changes_nothing(
    bench: Any, ann: User, draft: Draft, valley: Claim, southland: Party, article: Source
) -> None:
    positions = [
        {"claim": valley, "holder": southland, "stance": "conditional", "condition": "if paid", "strength": "strong"}
    ]
    statement = draft("We go in spring,", positions=positions, via=[article.publisher], occasion="the talks")
    at = bench(ann)
    told = at.get(f"statements/{statement.public_id}/").json()
    assert told["version"] == 1
    before = (
        Statement.objects.values().get(),
        list(statement.positions.values("claim", "holder", "stance", "condition")),
    )
    assert change(at, statement, told["values"]).status_code == 200
    after = Statement.objects.values().get(), list(statement.positions.values("claim", "holder", "stance", "condition"))
    for row in (before[0], after[0]):
        del row["version"], row["updated_at"]
    assert after == before


def test_a_change_from_an_older_version_is_shown_both_and_overwrites_nothing(
    bench: Any, ann: User, draft: Draft, filled: Filled
) -> None:
    statement = draft()
    at = bench(ann)
    assert change(at, statement, filled(cue="told")).status_code == 200
    answer = change(at, statement, filled(cue="whispered"), version=1)
    assert answer.status_code == 409
    current = answer.json()["current"]
    assert (current["version"], current["values"]["cue"], current["by"]) == (2, "told", "ann")
    statement.refresh_from_db()
    assert statement.cue == "told"
    assert change(at, statement, filled(cue="whispered"), version=2).status_code == 200


def test_a_change_that_has_been_saved_already_is_no_conflict(
    bench: Any, ann: User, draft: Draft, filled: Filled
) -> None:
    statement = draft()
    answers = [change(bench(ann), statement, filled(cue="told"), version=1) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["version"] for answer in answers] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_of_ten_changes_from_one_version_one_wins(bench: Any, ann: User, draft: Draft, filled: Filled) -> None:
    statement, answers = draft(), list[int]()

    def send(n: int) -> None:
        try:
            answers.append(change(bench(ann), statement, filled(cue=f"said {n}"), version=1).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[n]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 9
    statement.refresh_from_db()
    assert statement.version == 2


@pytest.mark.parametrize("call", ["", "delete/", "submit/"])
def test_nobody_changes_what_somebody_else_made(
    call: str, bench: Any, bob: User, cleo: User, draft: Draft, filled: Filled
) -> None:
    statement = draft()
    for user in (bob, cleo):
        told = {"version": 1, "values": filled(cue="hissed"), "key": str(uuid.uuid4())}
        assert bench(user).post(f"statements/{statement.public_id}/{call}", told).status_code == 409
    statement.refresh_from_db()
    assert (statement.cue, statement.state, statement.version) == ("said", State.DRAFT, 1)


def test_a_statement_of_an_older_text_moves_when_its_words_are_chosen_anew(
    bench: Any, ann: User, draft: Draft, article: Source, filled: Filled
) -> None:
    statement = draft()
    newer = "It rained. " + TEXT
    revision = article.add_revision(newer)
    at = bench(ann)
    values = at.get(f"statements/{statement.public_id}/").json()["values"]
    assert (values["spans"], values["exacts"]) == ([], ["Northland will leave the valley"])
    assert change(at, statement, {**values, "cue": "told"}).status_code == 200
    statement.refresh_from_db()
    assert (statement.cue, statement.revision.number) == ("told", 1)
    moved = filled("Northland will leave the valley", text=newer)
    assert change(at, statement, moved).status_code == 200
    statement.refresh_from_db()
    assert (statement.revision, statement.spans) == (revision, [[11, 42]])


# Submitting and deleting


def test_submitting_all_takes_my_drafts_of_this_source_and_nobody_elses(
    bench: Any, ann: User, bob: User, draft: Draft
) -> None:
    mine, other = draft(), draft("Southland doubts it.", by=bob)
    answer = bench(ann).post("submit/").json()
    assert (list(answer["cards"]), answer["refused"]) == ([mine.public_id], [])
    assert answer["said"] == "1 statement submitted for review."
    assert [Statement.objects.get(pk=row.pk).state for row in (mine, other)] == [State.SUBMITTED, State.DRAFT]
    assert mine.transitions.get().name == "submit"


def test_what_was_ever_submitted_is_not_deleted(bench: Any, ann: User, ray: User, draft: Draft) -> None:
    statement = draft()
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Whose words?")
    answer = bench(ann).post(f"statements/{statement.public_id}/delete/", {"version": statement.version})
    assert answer.status_code == 409
    assert Statement.objects.get() == statement


def test_a_form_that_was_saved_is_kept_no_longer(bench: Any, ann: User, filled: Filled, article: Source) -> None:
    at, key = bench(ann), str(uuid.uuid4())
    at.post(f"kept/{key}/", {"body": {"cue": "sa"}})
    at.create(filled(), key)
    at.post(f"kept/{key}/", {"body": {"cue": "said late"}})
    assert not KeptForm.objects.unfinished(by=ann, source=article).exists()
