"""What two made of one source, side by side: how far they agree, and one result from it."""

import csv
import io
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import adjudication
from claims.models import Claim, Coding, PassedOver, Statement
from sources.models import Party, Source
from tests.conftest import Draft
from tests.desk.conftest import DOUBT, LEAVE, SPRING, Finish, as_user
from tests.html import soup, words

# Compared


def test_figures_stand_beside_what_they_rest_on(compared: dict[str, Statement], ray: User, article: Source) -> None:
    page = soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/"))
    overall = [words(cell) for cell in page.select(".desk-table")[0].select("tbody tr")[0].select("td")]
    # Six units: three stretches, asked for Northland and for Southland. Values: 2 + 1 supports, 1 opposes, 8 none.
    assert overall == [f"{1 - 11 * 2 / (3 * 8 + 3 * 1 + 8 * 1):.2f}", "4 of 6", "1 of 3"]
    rows = [words(row) for row in page.select(".desk-table")[1].select("tbody tr")]
    assert rows == [
        "Passages that both marked 2 of 3",
        "Of those: exactly the same words 1 of 2",
        "Of those: the same speaker 2 of 2",
        "Of those: the same kind 2 of 2",
        "Passages that only ann marked 0 of 3",
        "Passages that only rita marked 1 of 3",
    ]


def test_what_differs_is_marked_in_text_order_and_wording_does_not_count(
    compared: dict[str, Statement], ray: User, article: Source
) -> None:
    page = soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/"))
    heads = [words(head) for head in page.select(".coding-case h3")]
    assert heads == ["2. Differ in: words, Northland on “Leave the valley”", "3. Only rita", "1. The same"]
    marked = [words(row.th) for row in page.select("#case-2 tr.differs")]
    assert marked == ["Words differs", "Northland on “Leave the valley” differs"]
    assert [words(row.th) for row in page.select("#case-1 tr.differs")] == ["Note"]


def test_one_of_one_never_looks_like_certainty(
    codings: list[Coding],
    finish: Finish,
    draft: Draft,
    rita: User,
    ray: User,
    article: Source,
    valley: Claim,
    northland: Party,
) -> None:
    for coder in ("ann", "rita"):
        by = {"by": rita} if coder == "rita" else {}
        draft(positions=[{"claim": valley, "holder": northland, "stance": "supports"}], **by)
    finish()
    page = soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/"))
    told = [words(cell) for cell in page.select(".desk-table")[0].select("tbody tr")[0].select("td")]
    assert told == ["Undefined: only one value was ever used, so chance alone would agree as well.", "1 of 1", "1 of 1"]
    rows = list(
        csv.reader(io.StringIO(as_user(ray).get(f"/admin/desk/coding/{article.pk}/figures.csv").content.decode()))
    )
    assert rows[1] == ["stances", "", "", "", "1", "1", "1", "1"]


def test_units_and_figures_are_had_as_csv(compared: dict[str, Statement], ray: User, article: Source) -> None:
    base = f"/admin/desk/coding/{article.pk}/"
    units = list(csv.DictReader(io.StringIO(as_user(ray).get(f"{base}units.csv").content.decode())))
    assert [(row["stretch"], row["holder"], row["ann"], row["rita"], row["agree"]) for row in units] == [
        ("1", "northland", "supports", "supports", "yes"),
        ("1", "southland", "none", "none", "yes"),
        ("2", "northland", "supports", "none", "no"),
        ("2", "southland", "none", "none", "yes"),
        ("3", "northland", "none", "none", "yes"),
        ("3", "southland", "none", "opposes", "no"),
    ]
    assert units[2]["id_first"] == compared["left"].public_id
    figures = list(csv.DictReader(io.StringIO(as_user(ray).get(f"{base}figures.csv").content.decode())))
    assert [(row["measure"], row["claim"], row["agree"], row["of"]) for row in figures][:3] == [
        ("stances", "", "4", "6"),
        ("stances", "leave", "4", "6"),
        ("passages marked by both", "", "2", "3"),
    ]


def test_it_costs_as_many_queries_with_three_statements_as_with_one(
    codings: list[Coding],
    finish: Finish,
    draft: Draft,
    ray: User,
    rita: User,
    article: Source,
    valley: Claim,
    northland: Party,
) -> None:
    def cost(path: str) -> int:
        client = as_user(ray)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    reading = [{"claim": valley, "holder": northland, "stance": "supports"}]
    draft(LEAVE, positions=reading)
    finish()
    base = f"/admin/desk/coding/{article.pk}/"
    paths = [base, f"{base}units.csv", f"{base}figures.csv", "/admin/desk/coding/"]
    before = [cost(path) for path in paths]
    Coding.objects.update(done_at=None)
    for passage in (SPRING, DOUBT):
        draft(passage, by=rita, positions=reading)
    finish()
    adjudication.take(article, Statement.objects.latest("pk").public_id, by=ray)
    assert [cost(path) for path in paths] == before


# Settled


def post(user: User, source: Source, **given: Any) -> Any:
    return as_user(user).post(f"/admin/desk/coding/{source.pk}/settle/", given, follow=True)


def test_what_is_taken_becomes_a_draft_of_who_settles_and_goes_the_usual_way(
    compared: dict[str, Statement], ray: User, cleo: User, article: Source
) -> None:
    left = compared["left"]
    answer = post(ray, article, take=left.public_id, case="2")
    assert answer.redirect_chain == [(f"/admin/desk/coding/{article.pk}/#case-2", 302)]
    made = Statement.objects.get(adjudicates=left)
    assert (made.annotated_by, made.state, made.coding, made.quote) == (ray, "draft", None, left.quote)
    assert [(p.claim, p.holder, p.stance) for p in made.positions.all()] == [
        (p.claim, p.holder, p.stance) for p in left.positions.all()
    ]
    case = soup(answer).find(id="case-2")
    assert "ray took ann’s: draft" in words(case)
    assert not case.select("button")
    made.submit(by=ray)
    made.publish(by=cleo)
    assert made.state == "published"


def test_a_case_is_settled_once_and_again_only_where_its_draft_is_deleted(
    compared: dict[str, Statement], ray: User, cleo: User, article: Source
) -> None:
    post(ray, article, take=compared["left"].public_id)
    answer = post(cleo, article, take=compared["right"].public_id)
    assert "settled already, by ray" in words(soup(answer).select_one(".messagelist"))
    Statement.objects.get(adjudicates=compared["left"]).discard(by=ray)
    post(cleo, article, take=compared["right"].public_id)
    assert Statement.objects.get(adjudicates=compared["right"]).annotated_by == cleo


def test_neither_is_passed_over_until_it_is_opened_again(
    compared: dict[str, Statement], ray: User, article: Source
) -> None:
    left, right = compared["left"].public_id, compared["right"].public_id
    case = soup(post(ray, article, neither=left)).find(id="case-2")
    assert "ray took neither" in words(case)
    assert PassedOver.objects.count() == 2
    answer = post(ray, article, take=right)
    assert "passed over already, by ray" in words(soup(answer).select_one(".messagelist"))
    case = soup(post(ray, article, again=left)).find(id="case-2")
    assert [words(button) for button in case.select("button")] == ["Take ann’s", "Take rita’s", "Neither"]


def test_all_that_they_agree_on_is_taken_at_once(compared: dict[str, Statement], ray: User, article: Source) -> None:
    post(ray, article, agreed="all")
    assert [row.adjudicates for row in Statement.objects.exclude(adjudicates=None)] == [compared["agreed"]]
    assert "Take the one" not in words(soup(post(ray, article, agreed="all")))
    assert Statement.objects.exclude(adjudicates=None).count() == 1


def test_once_all_is_settled_the_source_is_marked_done(
    compared: dict[str, Statement], ray: User, article: Source
) -> None:
    post(ray, article, agreed="all")
    post(ray, article, take=compared["left"].public_id)
    page = soup(post(ray, article, neither=compared["alone"].public_id))
    assert "ray took nothing of it" in words(page.find(id="case-3"))
    assert [words(button) for button in page.select(".desk-note button[name=done]")] == ["The source is done"]
    post(ray, article, done="1")
    article.refresh_from_db()
    assert article.queue_state == "done"


def test_who_coded_does_not_settle_and_annotators_do_not(
    compared: dict[str, Statement], ann: User, rita: User, bob: User, sam: User, article: Source
) -> None:
    assert "neither of the two settles" in words(soup(post(rita, article, take=compared["left"].public_id)))
    assert [post(user, article, agreed="all").status_code for user in (ann, bob, sam)] == [403, 403, 403]
    assert not Statement.objects.exclude(adjudicates=None).exists()
    assert not soup(as_user(rita).get(f"/admin/desk/coding/{article.pk}/")).select(".coding button")


def test_nothing_is_settled_or_compared_before_both_are_done(
    at_work: dict[str, Statement], ray: User, article: Source
) -> None:
    answer = post(ray, article, take=at_work["ann"].public_id)
    assert "before both are done" in words(soup(answer).select_one(".messagelist"))
    assert as_user(ray).get(f"/admin/desk/coding/{article.pk}/units.csv").status_code == 404
