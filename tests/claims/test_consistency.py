"""`manage.py check_consistency` finds what no constraint can refuse. Each contradiction is made past the triggers."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from claims.management.commands.check_consistency import audits
from claims.models import Assessment, Claim, Statement, Topic, Utterance
from sources.models import Party, Speaker
from tests.conftest import Published


def past_the_triggers(sql: str, *parameters: object) -> None:
    """As a restored dump or a replica would write it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = origin")


def nest_too_deep(statement: Statement) -> str:
    grand, parent = (Party.objects.create(name=slug, slug=slug, short_name=slug) for slug in ("grand", "parent"))
    past_the_triggers("UPDATE sources_party SET parent_id = %s WHERE id = %s", grand.pk, parent.pk)
    past_the_triggers("UPDATE sources_party SET parent_id = %s WHERE id = %s", parent.pk, statement.party_id)
    return "northland"


def rate_a_proposal(statement: Statement) -> str:
    claim = Claim.objects.get()
    Assessment.objects.create(claim=claim, rating="true", rationale="Seen.", assessed_by=statement.reviewed_by)
    return "claim leave"


def lose_the_log(statement: Statement) -> str:
    """The log itself cannot be touched, so here is one that never had any."""
    stray = Statement.objects.get(pk=statement.pk)
    stray.pk, stray.public_id, stray.state, stray.reviewed_by, stray.reviewed_at = (
        None,
        "2" * 12,
        "submitted",
        None,
        None,
    )
    Statement.objects.bulk_create([stray])
    return stray.public_id


def say_it_after_print(statement: Statement) -> str:
    Statement.objects.filter(pk=statement.pk).update(said_on="2031-03-03")
    return statement.public_id


def tell_it_of_two_speakers(statement: Statement) -> str:
    """The first to be recorded is right; this one is the other."""
    bo = Speaker.objects.create(name="Bo Example", slug="bo-example")
    same = Utterance.objects.create(external_id="same")
    statement.source.statements.update(utterance=same)
    Statement.objects.filter(pk=statement.pk).update(speaker=bo)
    return statement.public_id


def lie_in_a_copy(column: str, value: str) -> Callable[[Statement], str]:
    def lie(statement: Statement) -> str:
        past_the_triggers(f"UPDATE claims_position SET {column} = {value} WHERE statement_id = %s", statement.pk)  # noqa: S608
        return f"statement {statement.public_id}"

    return lie


def move_without_a_word(statement: Statement) -> str:
    past_the_triggers("UPDATE claims_statement SET state = 'withdrawn' WHERE id = %s", statement.pk)
    past_the_triggers("UPDATE claims_position SET published = FALSE WHERE statement_id = %s", statement.pk)
    return f"statement {statement.public_id}"


def use_a_merged_claim(statement: Statement) -> str:
    claim = statement.positions.get().claim
    other = claim.topic.claims.create(slug="other", label="Other", proposition="It is so.")
    Claim.objects.filter(pk=claim.pk).update(merged_into=other)
    return claim.slug


def use_a_merged_speaker(statement: Statement) -> str:
    eve = Speaker.objects.create(name="Eve Example", slug="eve-example")
    Speaker.objects.filter(pk=statement.speaker_id).update(merged_into=eve)
    return statement.speaker.slug


CONTRADICTIONS: dict[str, tuple[str, Callable[[Statement], str]]] = {
    "nesting": ("Party.inconsistent_nesting", nest_too_deep),
    "rating of a proposal": ("Assessment.inconsistent_claim_kind", rate_a_proposal),
    "log": ("Statement.inconsistent_log", lose_the_log),
    "dates": ("Statement.inconsistent_dates", say_it_after_print),
    "utterance": ("Statement.inconsistent_utterance", tell_it_of_two_speakers),
    "merged claim": ("Claim.inconsistent_merge", use_a_merged_claim),
    "merged speaker": ("Speaker.inconsistent_merge", use_a_merged_speaker),
    "last state": ("Transition.inconsistent_last_state", move_without_a_word),
    **{
        f"copy of {column}": ("Position.inconsistent_copies", lie_in_a_copy(column, value))
        for column, value in {
            "said_on": "'2020-01-01'",
            "printed_on": "'2020-01-01'",
            "source_id": "source_id + 1",
            "place": "place + 1",
            "unit": "unit - 1",
            "published": "FALSE",
            "ascribed": "TRUE",
        }.items()
    },
}


@pytest.fixture
def statement(published: Published, valley: Claim, northland: Party) -> Statement:
    """Published, with one position; beside it another, published too."""
    published("Southland doubts it.", external_id="other")
    return published(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_found_and_named(name: str, statement: Statement) -> None:
    audit, contradict = CONTRADICTIONS[name]
    key = contradict(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="rows that contradict each other: 1, listed above"):
        call_command("check_consistency", stdout=out)
    assert out.getvalue() == f"{audit}: 1: {key}\n"


def test_every_audit_is_run_and_has_its_contradiction() -> None:
    names = [name for name, rows in audits()]
    assert set(names) == {audit for audit, contradict in CONTRADICTIONS.values()}
    assert len(names) == len(set(names))


def test_what_is_consistent_passes(statement: Statement) -> None:
    out = StringIO()
    call_command("check_consistency", stdout=out)
    assert out.getvalue() == "Nothing wrong.\n"


def test_the_demo_is_consistent(corpus: Topic) -> None:
    call_command("check_consistency", verbosity=0)


def test_only_the_first_ten_are_named(northland: Party, southland: Party) -> None:
    Party.objects.filter(pk=northland.pk).update(parent=southland)
    for number in range(12):
        Party.objects.create(name=f"p{number}", slug=f"p{number}", short_name="p", parent=northland)
    out = StringIO()
    with pytest.raises(CommandError, match="each other: 12, listed above"):
        call_command("check_consistency", stdout=out)
    assert re.fullmatch(r"Party\.inconsistent_nesting: 12: (p\d+, ){9}p\d+ …\n", out.getvalue())
