"""The figures of the desk, held to a log that was written by hand."""

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.figures import Period, figures
from claims.models import Claim, Coding, Statement, Transition
from claims.templatetags.figures import lasted
from claims.workflow import TRANSITIONS
from sources.models import Party, Source
from tests.conftest import TEXT, Draft
from tests.html import soup, words

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
MONDAY = timezone.make_aware(datetime.datetime(2031, 3, 3, 9))
MARCH = Period(datetime.date(2031, 3, 1), datetime.date(2031, 3, 31))
PAGE, CSV = "/admin/desk/figures/", "/admin/desk/figures.csv"

Story = Callable[..., Statement]


@pytest.fixture
def story(draft: Draft, ray: User) -> Story:
    """A statement made on a Monday, and its moves, each so long after the one before: `story(submit=HOUR, …)`."""
    made: list[Statement] = []

    def tell(*moves: tuple[str, datetime.timedelta], begun: datetime.datetime = MONDAY, **fields: Any) -> Statement:
        at = len(made)
        statement = draft(TEXT[at : at + 9], **fields)
        made.append(statement)
        at_last, state = begun, "draft"
        for number, (name, later) in enumerate(moves):
            at_last += later
            more = {"reason": "passage", "comment": "Whose?"} if name == "return" else {}
            Transition.objects.create(
                statement=statement,
                name=name,
                from_state=state,
                to_state=TRANSITIONS[name].to_state,
                by=ray if TRANSITIONS[name].by_reviewer else statement.annotated_by,
                at=at_last,
                **more,
            )
            state = TRANSITIONS[name].to_state
            assert number < 9
        reviewed = {"reviewed_by": ray, "reviewed_at": at_last} if state == "published" else {}
        Statement.objects.filter(pk=statement.pk).update(created_at=begun, state=state, **reviewed)
        return statement

    return tell


def page_of(user: User, **asked: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(PAGE, asked)


def test_time_in_each_state_is_told_by_its_median_and_its_90th_percentile(story: Story) -> None:
    for hours in (1, 2, 12):
        story(("submit", hours * HOUR), ("publish", 10 * HOUR))
    story(("submit", 3 * HOUR), ("return", 2 * HOUR), ("submit", 4 * HOUR))
    told = {stay.what: (stay.count, stay.median, stay.ninetieth) for stay in figures(MARCH).stays}
    assert told == {
        "As a draft, until submitted": (4, 2.5 * HOUR, 9.3 * HOUR),
        "Submitted, until published or returned": (4, 10 * HOUR, 10 * HOUR),
        "Returned, until submitted again": (1, 4 * HOUR, 4 * HOUR),
        "From the first draft to publication": (3, 12 * HOUR, 20 * HOUR),
    }


def test_a_stay_belongs_to_the_period_in_which_it_ended(story: Story) -> None:
    story(("submit", 40 * DAY), ("publish", HOUR))
    assert [stay.count for stay in figures(MARCH).stays] == [0, 0, 0, 0]
    april = Period(datetime.date(2031, 4, 12), datetime.date(2031, 4, 12))
    assert [stay.count for stay in figures(april).stays] == [1, 1, 0, 1]


def test_a_correction_ends_no_stay_and_an_import_waits_for_nobody(story: Story, ray: User) -> None:
    imported = story(("submit", 0 * HOUR), ("publish", 0 * HOUR), external_id="wire-1")
    Transition.objects.create(
        statement=imported, name="correct", from_state="published", to_state="published", by=ray, at=MONDAY, comment="x"
    )
    assert [stay.count for stay in figures(MARCH).stays] == [0, 0, 0, 0]
    story(("submit", 2 * HOUR), external_id="wire-2")
    assert [stay.count for stay in figures(MARCH).stays] == [1, 0, 0, 0]


def test_what_waits_is_counted_by_person_and_by_topic_with_the_oldest(
    story: Story, bob: User, valley: Claim, northland: Party
) -> None:
    reading = [{"claim": valley, "holder": northland, "stance": "supports"}]
    other = valley.topic.claims.create(slug="stay", label="Stay", proposition="Northland stays.", rank=2)
    both = [*reading, {"claim": other, "holder": northland, "stance": "opposes"}]
    story(("submit", DAY), positions=both)
    story(("submit", DAY), ("return", DAY), by=bob, positions=reading)
    story(by=bob, begun=MONDAY + 5 * DAY)
    story(("submit", DAY), ("publish", DAY))
    told = figures(MARCH)
    assert [(row.who, row.drafts, row.returned, row.submitted, row.oldest) for row in told.people] == [
        ("ann", 0, 0, 1, MONDAY + DAY),
        ("bob", 1, 1, 0, MONDAY + 2 * DAY),
    ]
    assert [(row.who, row.drafts, row.returned, row.submitted) for row in told.topics] == [
        ("The valley talks", 0, 1, 1),
        ("", 1, 0, 0),
    ]


def test_what_is_coded_blind_waits_for_nobody(article: Source, ann: User, bob: User, draft: Draft) -> None:
    Coding.objects.begin(source=article, coders=(ann, bob))
    draft()
    assert figures(MARCH).people == []


def test_returns_are_told_by_reason_and_by_annotator_beside_what_they_are_of(story: Story, bob: User) -> None:
    story(("submit", HOUR), ("return", HOUR), ("submit", HOUR), ("publish", HOUR))
    story(("submit", HOUR), ("publish", HOUR))
    story(("submit", HOUR), ("publish", HOUR), by=bob)
    told = figures(MARCH)
    assert [(share.what, share.count, share.of) for share in told.reasons] == [("the passage", 1, 1)]
    assert [(share.what, share.count, share.of) for share in told.annotators] == [("ann", 1, 3), ("bob", 0, 1)]


def test_weeks_in_which_nothing_was_published_are_told_too(story: Story) -> None:
    story(("submit", HOUR), ("publish", HOUR))
    story(("submit", HOUR), ("publish", 14 * DAY))
    told = [(str(share.what), share.count) for share in figures(MARCH).weeks]
    assert told == [("2031-03-03", 1), ("2031-03-10", 0), ("2031-03-17", 1), ("2031-03-24", 0), ("2031-03-31", 0)]


def test_the_page_shows_each_share_beside_its_count(story: Story, ray: User) -> None:
    story(("submit", HOUR), ("return", HOUR), ("submit", HOUR), ("publish", HOUR))
    page = soup(page_of(ray, since="2031-03-01", until="2031-03-31"))
    assert "ann 1 of 2 (50 %)" in [words(row) for row in page.select("tbody tr")]
    assert "Submitted, until published or returned 2 1 h 1 h" in [words(row) for row in page.select("tbody tr")]
    assert page.select("table.desk-table caption")
    assert all(bar["aria-hidden"] == "true" for bar in page.select("svg.bar"))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"since": "2031-03-31", "until": "2031-03-01"}, "The first day comes after the last."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"until": "9999-12-31"}, "between 1900 and 2999"),
    ],
)
def test_a_period_that_cannot_be_is_said_in_words(asked: dict[str, str], problem: str, ray: User) -> None:
    page = page_of(ray, **asked)
    assert page.status_code == 200
    assert problem in words(soup(page).select_one(".errornote"))
    client = Client()
    client.force_login(ray)
    assert client.get(CSV, asked).status_code == 200


def test_an_empty_desk_says_so(ray: User) -> None:
    told = words(soup(page_of(ray)).select_one(".figures"))
    assert "What waits now Nothing." in told
    assert "Nothing was returned in the period." in told
    assert "Nothing was published in the period." in told


def test_the_same_is_had_as_csv_one_number_on_a_line(story: Story, ray: User) -> None:
    story(("submit", 90 * datetime.timedelta(minutes=1)), ("publish", HOUR))
    client = Client()
    client.force_login(ray)
    answer = client.get(CSV, {"since": "2031-03-01", "until": "2031-03-08"})
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[:3] == [
        ["figure", "of", "measure", "value"],
        ["time in state", "As a draft, until submitted", "count", "1"],
        ["time in state", "As a draft, until submitted", "median hours", "1.5"],
    ]
    assert ["published in the week of", "2031-03-03", "published", "1"] in rows
    assert 'filename="figures-2031-03-01-2031-03-08.csv"' in answer["Content-Disposition"]


def test_it_costs_as_many_queries_with_three_statements_as_with_one(
    story: Story, ray: User, bob: User, valley: Claim, northland: Party
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(ray, since="2031-03-01", until="2031-03-31")
        return len(queries)

    reading = [{"claim": valley, "holder": northland, "stance": "supports"}]
    for by in ({}, {"by": bob}):
        story(("submit", HOUR), ("return", HOUR), ("submit", HOUR), ("publish", HOUR), positions=reading, **by)
        story(("submit", HOUR), positions=reading, **by)
        if not by:
            before = cost()
    assert cost() == before


@pytest.mark.parametrize("path", [PAGE, CSV])
def test_only_reviewers_and_chiefs_see_them(path: str, ann: User, sam: User, ray: User, cleo: User) -> None:
    client = Client()
    assert client.get(path).url == f"/admin/login/?next={path}"  # type: ignore[attr-defined]
    for user, status in ((sam, 403), (ann, 403), (ray, 200), (cleo, 200)):
        client.force_login(user)
        assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0.5, "under a minute"), (12, "12 min"), (90, "2 h"), (47 * 60, "47 h"), (48 * 60, "2 days"), (10_000, "7 days")],
)
def test_times_are_written_as_exactly_as_matters(minutes: float, written: str) -> None:
    assert lasted(datetime.timedelta(minutes=minutes)) == written
