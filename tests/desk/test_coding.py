"""Two coders on one source: who begins, what each is told of the other, and what is said to be done."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from claims.models import Claim, Coding, Statement
from claims.roles import CHIEFS
from claims.workflow import TransitionNotAllowed
from sources.models import Party, Source, Speaker
from tests.conftest import Draft
from tests.desk.conftest import DOUBT, LEAVE, SPRING, as_user
from tests.html import soup, words
from tests.workbench.conftest import Bench as bench

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


def test_it_is_called_off_while_neither_has_made_anything(
    codings: list[Coding], ray: User, rita: User, article: Source, draft: Draft
) -> None:
    address = f"/admin/desk/coding/{article.pk}/settle/"
    refused = soup(as_user(rita).post(address, {"off": "1"}, follow=True))
    assert "neither of the two calls it off" in words(refused.select_one(".messagelist"))
    statement = draft()
    refused = soup(as_user(ray).post(address, {"off": "1"}, follow=True))
    assert "Something has been made already" in words(refused.select_one(".messagelist"))
    assert not refused.select("button[name=off]")
    statement.discard(by=statement.annotated_by)
    assert as_user(ray).post(address, {"off": "1"}).url == "/admin/desk/coding/"  # type: ignore[attr-defined]
    assert not Coding.objects.exists()
    assert Source.objects.take_next(by=ray) == article


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
    "/admin/desk/figures/",
    "/admin/desk/review/",
    "/admin/desk/review/source/{source}/",
    "/admin/desk/review/{public_id}/",
    "/admin/desk/merging/",
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


def test_a_reviewer_says_it_for_a_coder_who_has_left_and_for_nobody_else(
    codings: list[Coding], ann: User, ray: User, article: Source
) -> None:
    client, address = as_user(ray), f"/admin/desk/coding/{article.pk}/settle/"
    answer = client.post(address, {"left": "ann"}, follow=True)
    assert "Only who codes" in words(soup(answer).select_one(".messagelist"))
    ann.is_active = False
    ann.save()
    assert soup(client.get(f"/admin/desk/coding/{article.pk}/")).select_one("button[name=left][value=ann]")
    client.post(address, {"left": "ann"})
    assert Coding.objects.get(coder=ann).done_at
    assert Coding.objects.exclude(coder=ann).get().done_at is None


def test_once_both_are_done_they_leave_the_bench_and_are_seen_side_by_side(
    compared: dict[str, Statement], ann: User, article: Source, draft: Draft, bob: User
) -> None:
    page = soup(bench(ann, article).get())
    assert not page.select(".card")
    link = page.select_one(".bench-coding a")["href"]
    told = words(soup(as_user(ann).get(link)))
    assert DOUBT in told
    assert draft(by=bob).coding is None, "what both missed is annotated in the usual way"


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
    assert as_user(None).post(address).url == "/admin/login/?next=/admin/"  # type: ignore[attr-defined]
    assert as_user(sam).post(address).status_code == 403
    assert as_user(bob).post(address).status_code in (403, 404)
    assert as_user(bob).get(address).status_code in (403, 405)
    assert not Coding.objects.exclude(done_at=None).exists()
