"""Two coders on one source: blind to each other everywhere until both are done, then compared and settled."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims import adjudication
from claims.models import Claim, Coding, PassedOver, Statement
from claims.roles import CHIEFS, REVIEWERS
from claims.workflow import TransitionNotAllowed
from sources.models import Party, Source
from tests.conftest import Draft
from tests.html import soup, words
from tests.workbench.conftest import Bench

LEAVE, SPRING, DOUBT = "Northland will leave the valley", "We go in spring", "Southland doubts it"


def as_user(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def bench(user: User, source: Source) -> Bench:
    return Bench(user, source)


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer who codes."""
    rita = User.objects.create_user("rita", password="x", is_staff=True)
    rita.groups.add(Group.objects.get(name=REVIEWERS))
    return rita


@pytest.fixture
def codings(article: Source, ann: User, rita: User) -> list[Coding]:
    """ann, an annotator, and rita, a reviewer, code the article."""
    return Coding.objects.begin(source=article, coders=(ann, rita))


@pytest.fixture
def at_work(codings: list[Coding], draft: Draft, ann: User, rita: User) -> dict[str, Statement]:
    """Each has made one statement."""
    return {"ann": draft(LEAVE), "rita": draft(SPRING, by=rita)}


@pytest.fixture
def finish(codings: list[Coding], ann: User, rita: User) -> Callable[[], None]:
    def both() -> None:
        for coding, coder in zip(codings, (ann, rita), strict=True):
            coding.finish(by=coder)

    return both


@pytest.fixture
def compared(
    codings: list[Coding],
    draft: Draft,
    finish: Callable[[], None],
    ann: User,
    rita: User,
    valley: Claim,
    northland: Party,
    southland: Party,
) -> dict[str, Statement]:
    """Agreed on the first stretch, at odds on the second; the third only rita has seen."""
    supports = [{"claim": valley, "holder": northland, "stance": "supports"}]
    opposes = [{"claim": valley, "holder": southland, "stance": "opposes"}]
    made = {
        "agreed": draft(LEAVE, positions=supports),
        "left": draft(SPRING, kind="direct", positions=supports),
    }
    draft(LEAVE, by=rita, positions=supports, note="In other words.")
    made["right"] = draft("We go in spring,", by=rita, kind="direct")
    made["alone"] = draft(DOUBT, by=rita, positions=opposes)
    finish()
    return made


# Begun


def test_a_reviewer_begins_it_on_a_source_of_which_nothing_was_made(
    ray: User, ann: User, bob: User, article: Source
) -> None:
    client = as_user(ray)
    page = soup(client.get("/admin/desk/coding/?q=valley"))
    assert page.select_one(f'select[name=source] option[value="{article.pk}"]')
    assert soup(client.get("/admin/desk/coding/?q=mountain")).select("select[name=source] option[value]")[1:] == []
    answer = client.post("/admin/desk/coding/begin/", {"source": article.pk, "first": ann.pk, "second": bob.pk})
    assert (answer.status_code, answer.url) == (302, f"/admin/desk/coding/{article.pk}/")
    assert [coding.coder for coding in Coding.objects.order_by("slot")] == [ann, bob]


@pytest.mark.parametrize("wrong", ["one person", "a stranger", "a source with statements", "coded already"])
def test_it_is_not_begun_where_nobody_could_be_blind(
    wrong: str, ray: User, ann: User, bob: User, sam: User, article: Source, draft: Draft
) -> None:
    second = {"one person": ann, "a stranger": sam}.get(wrong, bob)
    if wrong == "a source with statements":
        draft()
    if wrong == "coded already":
        Coding.objects.begin(source=article, coders=(ann, bob))
    before = Coding.objects.count()
    asked = {"source": article.pk, "first": ann.pk, "second": second.pk}
    answer = as_user(ray).post("/admin/desk/coding/begin/", asked, follow=True)
    assert soup(answer).select_one(".messagelist .error")
    assert Coding.objects.count() == before


def test_nobody_else_gets_the_source_while_two_code_it(
    codings: list[Coding], bob: User, article: Source, draft: Draft
) -> None:
    assert Source.objects.take_next(by=bob) is None
    with pytest.raises(ValidationError, match="nobody else annotates it"):
        draft(by=bob)
    at = bench(bob, article)
    assert "ann and rita code this source" in words(soup(at.get()))
    answer = at.client.post(at.base + "queue/", {"verb": "take"}, follow=True)
    assert "nobody else annotates it" in words(soup(answer).select_one(".messagelist"))


def test_what_a_coder_makes_is_part_of_the_coding_and_is_not_submitted(
    codings: list[Coding], draft: Draft, ann: User, article: Source
) -> None:
    statement = draft()
    assert statement.coding == codings[0]
    with pytest.raises(TransitionNotAllowed, match="blind coding"):
        statement.submit(by=ann)
    assert bench(ann, article).post("submit/").json()["said"] == "0 statements submitted for review."
    card = soup(bench(ann, article).get()).find(id=f"card-{statement.public_id}")
    assert [button["data-does"] for button in card.select("button[data-does]")] == ["edit", "delete"]


def test_a_deleted_statement_of_a_coding_is_brought_back_as_part_of_it(
    codings: list[Coding], draft: Draft, ann: User, article: Source
) -> None:
    statement, at = draft(), bench(ann, article)
    token = at.post(f"statements/{statement.public_id}/delete/", {"version": 1}).json()["undo"]
    assert at.post("undo/", {"token": token}).status_code == 200
    assert Statement.objects.get().coding == codings[0]


# Blind


EVERYWHERE = [
    "/admin/",
    "/admin/claims/statement/",
    "/admin/claims/statement/?q=spring",
    "/admin/claims/position/",
    "/admin/claims/relay/",
    "/admin/claims/utterance/",
    "/admin/sources/source/",
    "/admin/sources/source/{source}/change/",
    "/admin/sources/source/{source}/delete/",
    "/admin/sources/speaker/{speaker}/change/",
    "/admin/sources/speaker/{speaker}/delete/",
    "/admin/sources/party/{party}/delete/",
    "/admin/claims/statement/{id}/change/",
    "/admin/claims/statement/{id}/history/",
    "/admin/claims/statement/{id}/delete/",
    "/admin/sources/source/{source}/annotate/",
    "/admin/sources/source/{source}/annotate/statements/?id={public_id}",
    "/admin/sources/source/{source}/annotate/statements/{public_id}/",
    "/admin/desk/coding/",
    "/admin/desk/coding/{source}/",
    "/admin/desk/coding/{source}/units.csv",
    "/admin/desk/coding/{source}/figures.csv",
    "/statements/{public_id}/",
    "/search/?q=spring",
    "/search/?q=spring&state=draft",
    "/speakers/ada-example/",
    "/parties/northland/",
    "/sources/{source_id}/",
    "/api/v1/statements/?state=draft",
    "/api/v1/statements/?state=draft&q=spring",
    "/api/v1/statements/?state=draft&source={source_id}",
    "/api/v1/statements/{public_id}/",
    "/api/v1/statements/export/?format=csv&state=draft",
    "/api/v1/statements/export/?format=jsonl&state=draft",
    "/api/v1/statements/export/?format=jsonld&state=draft",
]


@pytest.fixture
def rita_is_chief(rita: User) -> None:
    """Who sees and deletes more than any other, and codes."""
    rita.groups.add(Group.objects.get(name=CHIEFS))


@pytest.mark.parametrize("path", EVERYWHERE)
def test_a_coder_is_not_told_anywhere_what_the_other_makes(
    path: str,
    at_work: dict[str, Statement],
    ann: User,
    rita: User,
    rita_is_chief: None,
    article: Source,
    northland: Party,
    codings: list[Coding],
) -> None:
    """Whatever rita, a chief, opens reads the same when the other has made a statement more, or none."""
    others = at_work["ann"]
    address = path.format(
        source=article.pk,
        source_id=article.public_id,
        speaker=others.speaker_id,
        party=northland.pk,
        id=others.pk,
        public_id=others.public_id,
    )
    client = as_user(rita)

    def read() -> tuple[int, list[str]]:
        answer = client.get(address, headers={"X-Requested-With": "fetch"} if "/annotate/" in path else {})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
        found = soup(type("Page", (), {"content": body})())
        for field in found.select("input[name=csrfmiddlewaretoken], #workbench"):
            field["data-token"] = field["value"] = ""
        return answer.status_code, str(found).splitlines()

    status, with_one = read()
    assert status in (200, 302, 404)
    others.discard(by=ann)
    after, without = read()
    assert after == status
    assert set(without) ^ set(with_one) == set()


def test_look_ups_of_the_workbench_know_nothing_of_the_other_coder(
    at_work: dict[str, Statement], rita: User, article: Source, ann: User, valley: Claim, northland: Party, draft: Draft
) -> None:
    from sources.models import Speaker

    stranger = Speaker.objects.create(name="Zoe Unnamed", slug="zoe")
    draft(DOUBT, speaker=stranger, positions=[{"claim": valley, "holder": northland, "stance": "opposes"}])
    at = bench(rita, article)
    assert "Zoe Unnamed" not in str(at.get("speakers/").json())
    assert at_work["ann"].public_id not in at.post("pulse/").json()["versions"]
    other = valley.topic.claims.create(slug="a", label="A claim of before", proposition="It rains.", rank=valley.rank)
    first = at.get("claims/").json()["options"][0]
    assert first["id"] == other.pk, "a claim that only the other used does not come first"
    bench(ann, article).post("pulse/", {"editing": at_work["ann"].public_id})
    assert [one["editing"] for one in at.post("pulse/").json()["here"]] == [""]


def test_reviewers_who_do_not_code_it_see_both_and_annotators_neither(
    at_work: dict[str, Statement], ray: User, bob: User, article: Source
) -> None:
    assert set(Statement.objects.visible_to(ray)) == set(at_work.values())
    assert set(Statement.objects.at_the_bench(article, ray)) == set(at_work.values())
    assert not Statement.objects.visible_to(bob).exists()
    assert not Statement.objects.at_the_bench(article, bob).exists()
    assert "ann 1 statement, at work" in words(soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/")))


def test_what_others_coded_elsewhere_is_not_hidden_from_a_coder(
    at_work: dict[str, Statement], ray: User, bob: User, article: Source, draft: Draft
) -> None:
    elsewhere = Source.objects.create(title="Elsewhere", publisher=article.publisher, published_on="2031-03-02")
    elsewhere.add_revision(f"{LEAVE}.")
    usual = draft(source=elsewhere)
    third = Source.objects.create(title="Third", publisher=article.publisher, published_on="2031-03-02")
    third.add_revision("It rained.")
    Coding.objects.begin(source=third, coders=(ray, bob))
    assert set(Statement.objects.visible_to(ray)) == {*at_work.values(), usual}


# Done


def test_each_says_done_and_then_changes_nothing_more(
    at_work: dict[str, Statement], ann: User, rita: User, article: Source, draft: Draft, codings: list[Coding]
) -> None:
    statement, at = at_work["ann"], bench(ann, article)
    assert as_user(rita).post(f"/admin/desk/coding/{article.pk}/done/").status_code == 302
    rita_is_done, ann_is_done = codings[1], codings[0]
    rita_is_done.refresh_from_db()
    assert rita_is_done.done_at
    statement.edit(by=ann, cue="told")
    at.client.post(f"/admin/desk/coding/{article.pk}/done/")
    ann_is_done.refresh_from_db()
    assert ann_is_done.done_at
    for change in (lambda: statement.edit(by=ann, cue="denied"), lambda: statement.discard(by=ann)):
        with pytest.raises(TransitionNotAllowed, match="nothing of it changes"):
            change()
    assert Statement.objects.get(pk=statement.pk).cue == "told"


def test_who_is_done_first_reads_their_own_and_waits(
    at_work: dict[str, Statement], ann: User, article: Source, draft: Draft, codings: list[Coding]
) -> None:
    codings[0].finish(by=ann)
    with pytest.raises(ValidationError, match="nothing of it changes"):
        draft(SPRING)
    page = soup(bench(ann, article).get())
    assert [card["data-id"] for card in page.select(".card")] == [at_work["ann"].public_id]
    assert not page.select("button[data-does]")
    told = words(soup(as_user(ann).get(f"/admin/desk/coding/{article.pk}/")))
    assert "as soon as the other coder is done" in told
    assert "rita at work" in told


def test_once_both_are_done_they_leave_the_bench_and_are_seen_side_by_side(
    compared: dict[str, Statement], ann: User, article: Source, draft: Draft, bob: User
) -> None:
    page = soup(bench(ann, article).get())
    assert not page.select(".card")
    link = page.select_one(".bench-coding a")["href"]
    told = words(soup(as_user(ann).get(link)))
    assert DOUBT in told
    assert draft(by=bob).coding is None, "what both missed is annotated in the usual way"


# Compared


def test_figures_stand_beside_what_they_rest_on(compared: dict[str, Statement], ray: User, article: Source) -> None:
    page = soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/"))
    overall = [words(cell) for cell in page.select(".desk-table")[0].select("tbody tr")[0].select("td")]
    # Six units: three stretches, asked for Northland and for Southland. Values: 2 + 1 supports, 1 opposes, 8 none.
    assert overall == [f"{1 - 11 * 2 / (3 * 8 + 3 * 1 + 8 * 1):.2f}", "4 of 6", "1 of 3"]
    rows = [words(row) for row in page.select(".desk-table")[1].select("tbody tr")]
    assert rows[:4] == [
        "Passages that both marked 2 of 3",
        "Only ann 0",
        "Only rita 1",
        "Of those of both: exactly the same words 1 of 2",
    ]


def test_what_differs_is_marked_in_text_order_and_wording_does_not_count(
    compared: dict[str, Statement], ray: User, article: Source
) -> None:
    page = soup(as_user(ray).get(f"/admin/desk/coding/{article.pk}/"))
    heads = [words(head) for head in page.select(".coding-case h3")]
    assert heads == ["2. Differ in: words, northland on “leave the valley”", "3. Only rita", "1. The same"]
    marked = [words(row.th) for row in page.select("#case-2 tr.differs")]
    assert marked == ["Words differs", "Northland on “Leave the valley” differs"]
    assert [words(row.th) for row in page.select("#case-1 tr.differs")] == ["Note"]


def test_one_of_one_never_looks_like_certainty(
    codings: list[Coding],
    finish: Callable[[], None],
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
    finish: Callable[[], None],
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
    assert "ray took ann’s; it is draft" in words(case)
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


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/units.csv", "{pk}/figures.csv"])
def test_strangers_are_told_nothing(
    path: str, compared: dict[str, Statement], sam: User, bob: User, article: Source
) -> None:
    address = f"/admin/desk/coding/{path.format(pk=article.pk)}"
    assert as_user(None).get(address).url == f"/admin/login/?next={address}"  # type: ignore[attr-defined]
    assert as_user(sam).get(address).status_code == 403
    if path:
        assert as_user(bob).get(address).status_code == 404
    else:
        assert article.title not in words(soup(as_user(bob).get(address)))


@pytest.mark.parametrize("path", ["begin/", "{pk}/done/", "{pk}/settle/"])
def test_strangers_change_nothing(path: str, codings: list[Coding], sam: User, bob: User, article: Source) -> None:
    address = f"/admin/desk/coding/{path.format(pk=article.pk)}"
    assert as_user(None).post(address).url == f"/admin/login/?next={address}"  # type: ignore[attr-defined]
    assert as_user(sam).post(address).status_code == 403
    assert as_user(bob).post(address).status_code in (403, 404)
    assert as_user(bob).get(address).status_code in (403, 405)
    assert not Coding.objects.exclude(done_at=None).exists()
