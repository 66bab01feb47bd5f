"""The matrix: who stands where. Answers worked out by hand, and the corpus's own."""

import datetime
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.comparison import Cell, compare
from claims.models import Claim, Position, Topic, TopicParty, Utterance
from sources.models import Party, Source, Speaker
from tests.conftest import Draft, Published

DEMO = Path(settings.BASE_DIR) / "claims" / "demo"


def matrix_of(topic: Topic, **options: object):
    [matrix] = compare(Topic.objects.with_parties().filter(pk=topic.pk), **options)
    return matrix


def cell(claim: Claim, party: Party, on: str | None = None) -> Cell:
    found = matrix_of(claim.topic, on=on and datetime.date.fromisoformat(on)).cell(claim.slug, party.slug)
    assert found is not None
    return found


def takes(claim: Claim, holder: Party, stance: str, condition: str = "") -> list[dict[str, object]]:
    return [{"claim": claim, "holder": holder, "stance": stance, "condition": condition}]


def test_the_corpus_stands_where_its_expected_file_says(corpus: Topic) -> None:
    expected = json.loads((DEMO / "expected.json").read_text())
    for day, claims in expected.items():
        matrix = matrix_of(corpus, on=datetime.date.fromisoformat(day))
        found = {
            claim.slug: {
                cell.party.slug: {
                    "stance": cell.stance,
                    "count": cell.count,
                    "ascribed_count": cell.ascribed_count,
                    "last_said_on": cell.last_said_on and cell.last_said_on.isoformat(),
                    "shifted": cell.shifted,
                }
                for cell in matrix.row(claim)
            }
            for claim in matrix.claims
        }
        assert found == claims, day


def test_israel_on_the_withdrawal_is_told_by_two_others_and_by_itself(corpus: Topic) -> None:
    [claim, israel] = [corpus.claims.get(slug="full-withdrawal"), Party.objects.get(slug="israel")]
    found = cell(claim, israel)
    assert (found.stance, found.latest.speaker.name) == ("opposes", "Benjamin Netanyahu")
    assert found.ascribed == (("Hamas", "opposes"), ("United States", "conditional"))


def test_a_party_without_a_word_of_its_own_is_silent(valley: Claim, northland: Party) -> None:
    found = cell(valley, northland)
    assert (found.stance, found.count, found.latest, found.ascribed) == (None, 0, None, ())


def test_what_another_ascribes_never_becomes_ones_own_word(
    published: Published, valley: Claim, southland: Party
) -> None:
    published(positions=takes(valley, southland, "opposes"))
    found = cell(valley, southland)
    assert (found.stance, found.count, found.ascribed_count) == (None, 0, 1)
    assert found.ascribed == (("Northland", "opposes"),)


def test_a_speaker_without_a_party_only_ascribes(published: Published, valley: Claim, northland: Party) -> None:
    reporter = Speaker.objects.create(name="Rex Reporter", slug="rex")
    published(speaker=reporter, positions=takes(valley, northland, "supports"))
    found = cell(valley, northland)
    assert (found.stance, found.ascribed) == (None, (("Rex Reporter", "supports"),))


def test_drafts_and_withdrawn_statements_are_in_no_cell(
    draft: Draft, published: Published, valley: Claim, northland: Party, ray: User
) -> None:
    draft(positions=takes(valley, northland, "opposes"))
    withdrawn = published("Southland doubts it", positions=takes(valley, northland, "neutral"))
    assert cell(valley, northland).stance == "neutral"
    withdrawn.withdraw(by=ray, comment="Misread.")
    assert cell(valley, northland) == Cell(claim=valley, party=northland)


def test_as_of_a_day_counts_what_was_said_by_its_end_whenever_printed(
    published: Published, valley: Claim, northland: Party
) -> None:
    published(said_on=datetime.date(2031, 2, 1), positions=takes(valley, northland, "opposes"))
    published("Southland doubts it", said_on=datetime.date(2031, 3, 1), positions=takes(valley, northland, "supports"))
    standing = {
        day: cell(valley, northland, day).stance for day in ("2031-01-31", "2031-02-01", "2031-02-28", "2031-03-01")
    }
    assert standing == {"2031-01-31": None, "2031-02-01": "opposes", "2031-02-28": "opposes", "2031-03-01": "supports"}


def test_a_month_counts_as_said_on_its_last_day(published: Published, valley: Claim, northland: Party) -> None:
    published(
        said_on=datetime.date(2031, 2, 1), said_on_precision="month", positions=takes(valley, northland, "opposes")
    )
    assert cell(valley, northland, "2031-02-27").stance is None
    assert cell(valley, northland, "2031-02-28").stance == "opposes"


def test_of_one_day_the_later_print_stands_then_the_later_place(
    published: Published, valley: Claim, northland: Party, article: Source
) -> None:
    late = Source.objects.create(title="Next day", publisher=article.publisher, published_on="2031-03-03")
    late.add_revision("Northland will leave the valley. Southland doubts it.")
    day = datetime.date(2031, 3, 2)
    published("Southland doubts it", source=late, said_on=day, positions=takes(valley, northland, "neutral"))
    published("Northland will leave", source=late, said_on=day, positions=takes(valley, northland, "opposes"))
    published("Southland doubts it", said_on=day, positions=takes(valley, northland, "supports"))
    assert cell(valley, northland).stance == "neutral"


def test_an_utterance_in_two_reports_counts_once(published: Published, valley: Claim, northland: Party) -> None:
    told = Utterance.objects.create()
    for passage in ("Northland will leave", "Southland doubts it"):
        published(passage, utterance=told, positions=takes(valley, northland, "supports"))
    published("said Ada Example", positions=takes(valley, northland, "supports"))
    assert cell(valley, northland).count == 2


@pytest.fixture
def mediators(valley: Claim, northland: Party) -> Party:
    """Northland and Eastland within the Mediators, all three columns."""
    mediators = Party.objects.create(name="Mediators", slug="mediators", short_name="Mediators")
    eastland = Party.objects.create(name="Eastland", slug="eastland", short_name="Eastland", parent=mediators)
    Party.objects.filter(pk=northland.pk).update(parent=mediators)
    for party in (mediators, eastland):
        TopicParty.objects.create(topic=valley.topic, party=party, rank=9)
    return mediators


def test_a_larger_party_stands_where_the_newest_word_within_it_does(
    published: Published, valley: Claim, northland: Party, mediators: Party
) -> None:
    eastland = Party.objects.get(slug="eastland")
    envoy = Speaker.objects.create(name="Eva Envoy", slug="eva")
    envoy.affiliations.create(party=eastland, role="Envoy")
    published(said_on=datetime.date(2031, 1, 1), positions=takes(valley, northland, "opposes"))
    published(
        "Southland doubts it",
        speaker=envoy,
        said_on=datetime.date(2031, 2, 1),
        positions=takes(valley, eastland, "supports"),
    )
    found = cell(valley, mediators)
    assert (found.stance, found.count, found.shifted, found.was) == ("supports", 2, True, "opposes")
    assert cell(valley, northland).stance == "opposes"


def test_a_joint_statement_counts_once_in_the_larger_party(
    published: Published, valley: Claim, northland: Party, mediators: Party
) -> None:
    joint = Speaker.objects.create(name="Mediators jointly", slug="joint")
    joint.affiliations.create(party=mediators, role="Joint voice")
    holders = [mediators, northland, Party.objects.get(slug="eastland")]
    published(speaker=joint, positions=[row for holder in holders for row in takes(valley, holder, "supports")])
    assert [(cell(valley, holder).count, cell(valley, holder).stance) for holder in holders] == [(1, "supports")] * 3


def test_one_member_speaking_of_another_ascribes(published: Published, valley: Claim, mediators: Party) -> None:
    published(positions=takes(valley, Party.objects.get(slug="eastland"), "supports"))
    assert cell(valley, mediators).ascribed == (("Northland", "supports"),)
    assert cell(valley, mediators).stance is None


@pytest.mark.parametrize(("gap", "contested"), [(30, True), (31, False)])
def test_contested_while_two_messages_are_within_thirty_days(
    gap: int, contested: bool, published: Published, valley: Claim, northland: Party
) -> None:
    last = datetime.date(2031, 3, 1)
    published(said_on=last - datetime.timedelta(days=gap), positions=takes(valley, northland, "opposes"))
    published("Southland doubts it", said_on=last, positions=takes(valley, northland, "supports"))
    found = cell(valley, northland)
    assert (found.contested, found.shifted, found.was) == (contested, True, "opposes")


def test_positions_follow_their_statement_source_and_parties(
    published: Published, valley: Claim, northland: Party, southland: Party, ray: User
) -> None:
    statement = published(positions=[*takes(valley, northland, "supports"), *takes(valley, southland, "opposes")])
    rows = Position.objects.order_by("holder__slug")
    assert list(rows.values_list("ascribed", "published")) == [(False, True), (True, True)]
    Party.objects.filter(pk=southland.pk).update(parent=northland)
    assert list(rows.values_list("ascribed", flat=True)) == [False, False]
    Source.objects.update(published_on="2031-03-09")
    statement.correct(by=ray, comment="Said in February.", said_on=datetime.date(2031, 2, 1), said_on_precision="month")
    told = Utterance.objects.create()
    statement.correct(by=ray, comment="Told elsewhere too.", utterance=told)
    assert set(rows.values_list("said_on", "printed_on", "unit")) == {
        (datetime.date(2031, 2, 28), datetime.date(2031, 3, 9), told.pk)
    }
    statement.withdraw(by=ray, comment="Misread.")
    assert set(rows.values_list("published", flat=True)) == {False}
    assert not Position.objects.inconsistent_copies().exists()


def test_a_comparison_costs_four_queries_for_one_claim_and_for_thirty(valley: Claim) -> None:
    def queries() -> int:
        topics = list(Topic.objects.with_parties())
        with CaptureQueriesContext(
            connection,
        ) as captured:
            compare(topics)
        return len(captured)

    few = queries()
    for number in range(30):
        valley.topic.claims.create(slug=f"claim-{number}", label=str(number), proposition="Something is so.")
    other = Topic.objects.create(title="Another", slug="another")
    TopicParty.objects.create(topic=other, party=Party.objects.first())
    assert few == queries() <= 4


def test_no_topics_no_matrices(db: None) -> None:
    assert compare([]) == []
