"""Review: one statement at a time, the next one after it, and a source read whole."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.desk.whole import with_passages
from claims.models import Claim, Coding, Comment, Statement
from sources.models import Party, Source
from tests.conftest import TEXT, Draft, Published
from tests.desk.conftest import DOUBT, LEAVE, SPRING, as_user
from tests.desk.test_home import another, said
from tests.html import soup, words

DESK = "/admin/desk/review/"


def handed_in(draft: Draft, *passages: str, **fields: Any) -> Statement:
    statement = draft(*passages, **fields)
    statement.submit(by=statement.annotated_by)
    return statement


def read(user: User, statement: Statement, query: str = "") -> BeautifulSoup:
    response = as_user(user).get(f"{DESK}{statement.public_id}/{query}")
    assert response.status_code == 200
    return soup(response)


def move(user: User | None, statement: Statement, name: str, query: str = "", **data: Any) -> Any:
    """As the page sends it, in the version that is stored now."""
    version = Statement.objects.get(pk=statement.pk).version
    path = f"{DESK}{statement.public_id}/{name}/{query}"
    return as_user(user).post(path, {"version": version, "reason": "other", **data})


def state(statement: Statement) -> str:
    return Statement.objects.get(pk=statement.pk).state


def address(statement: Statement, query: str = "") -> str:
    return f"{DESK}{statement.public_id}/{query}"


# The line


def test_the_longest_submitted_comes_first_and_never_ones_own(draft: Draft, ann: User, ray: User, cleo: User) -> None:
    late, early, own = draft(LEAVE), handed_in(draft, SPRING), handed_in(draft, DOUBT, by=ray)
    late.submit(by=ann)
    assert as_user(ray).get(DESK).url == address(early)
    page = read(ray, early)
    assert "1 of 2 that wait" in words(page)
    assert page.select_one('[data-key="n j"]')["href"] == address(late)
    assert read(ray, late).select_one('[data-key="k"]')["href"] == address(early)
    assert "3 of 3 that wait" in words(read(cleo, late))
    assert own.public_id not in str(page)


def test_what_was_mended_goes_to_the_end_of_the_line(draft: Draft, ann: User, ray: User) -> None:
    first, second = handed_in(draft, LEAVE), handed_in(draft, SPRING)
    first.return_(by=ray, comment="Mend it.")
    first.submit(by=ann)
    assert as_user(ray).get(DESK).url == address(second)


def test_one_source_comes_in_the_order_of_its_text_and_stays_within_it(
    draft: Draft, ray: User, article: Source
) -> None:
    last, first = handed_in(draft, DOUBT), handed_in(draft, LEAVE)
    handed_in(draft, LEAVE, source=another(article))
    query = f"?source={article.pk}"
    assert as_user(ray).get(DESK + query).url == address(first, query)
    page = read(ray, first, query)
    assert "1 of 2 that wait in this source" in words(page)
    assert page.select_one('[data-key="n j"]')["href"] == address(last, query)
    assert move(ray, first, "publish", query).url == address(last, query)
    done = as_user(ray).get(move(ray, last, "publish", query).url)
    assert "Nothing more waits for you in this source." in words(soup(done))
    assert soup(done).select_one("a.button")["href"] == DESK


def test_one_annotator_comes_alone(draft: Draft, bob: User, ray: User) -> None:
    handed_in(draft, LEAVE)
    bobs = handed_in(draft, SPRING, by=bob)
    assert as_user(ray).get(f"{DESK}?by=bob").url == address(bobs, "?by=bob")
    assert "1 of 1 that wait by bob" in words(read(ray, bobs, "?by=bob"))
    assert as_user(ray).get(f"{DESK}?by=nobody%00").status_code == 200


@pytest.mark.parametrize("source", ["x", "-1", "1" * 30, "²"])
def test_a_source_that_is_no_number_is_refused_in_words(source: str, ray: User) -> None:
    response = as_user(ray).get(DESK, {"source": source})
    assert response.status_code == 400
    assert "“source” is the number of a source." in words(soup(response))


def test_an_empty_line_says_so(ray: User) -> None:
    assert "Nothing waits for your review." in words(soup(as_user(ray).get(DESK)))


# One statement


def test_it_shows_the_words_in_their_context_the_chain_and_the_rule_of_each_position(
    draft: Draft, ray: User, valley: Claim, southland: Party, article: Source
) -> None:
    valley.coding_rule = "Applies to the whole valley."
    valley.save()
    position = {"claim": valley, "holder": southland, "stance": "opposes", "rationale": "She doubts."}
    wire = type(article.publisher).objects.create(name="The Wire", slug="wire")
    page = read(ray, handed_in(draft, LEAVE, positions=[position], via=[wire]))
    assert page.select_one(".in-context mark").get_text() == LEAVE
    assert "Southland doubts it." in words(page.select_one(".in-context"))
    facts = words(page.select_one(".desk-facts"))
    assert "The Wire → The Gazette, in Valley talks open" in facts
    assert "Southland opposes “Leave the valley” (ascribed: not the speaker’s own party) She doubts." in facts
    assert "Northland leaves the valley. Applies to the whole valley." in facts


def test_it_shows_what_was_mended_since_it_was_returned_beside_what_was_asked(
    draft: Draft, ann: User, ray: User
) -> None:
    statement = handed_in(draft, LEAVE)
    assert read(ray, statement).find(id="mended-heading") is None
    statement.return_(by=ray, comment="She announced it.", reason="attribution")
    statement.edit(by=ann, cue="announced")
    statement.submit(by=ann)
    told = read(ray, statement).find(id="mended-heading").parent
    assert "ray, on who said it, to whom, when: She announced it." in words(told)
    assert (told.find("del").get_text(), told.find("ins").get_text()) == ("said", "announced")


def test_what_was_handed_in_again_unchanged_is_told(draft: Draft, ann: User, ray: User) -> None:
    statement = handed_in(draft, LEAVE)
    statement.return_(by=ray, comment="Mend it.")
    statement.submit(by=ann)
    assert "Nothing in it has changed since." in words(read(ray, statement))


def test_publishing_brings_the_next_one_and_a_line_of_what_was_done(draft: Draft, ray: User) -> None:
    first, second = handed_in(draft, LEAVE), handed_in(draft, SPRING)
    response = move(ray, first, "publish")
    assert response.url == address(second)
    assert state(first) == "published"
    page = soup(as_user(ray).get(response.url))
    assert "1 of 1 that wait" in words(page)
    client = as_user(ray)
    client.post(f"{DESK}{second.public_id}/publish/", {"version": second.version})
    told = soup(client.get(DESK)).select_one(".messagelist a")
    assert (words(told), told["href"]) == (SPRING, address(second))


def test_returning_needs_a_comment_and_keeps_what_it_is_about(draft: Draft, ray: User) -> None:
    statement = handed_in(draft, LEAVE)
    refused = move(ray, statement, "return", comment=" \n", reason="missing")
    assert refused.status_code == 422
    page = soup(refused)
    assert words(page.select_one("[role=alert]")) == "Say what is to be mended."
    assert page.select_one("input[name=reason][checked]")["value"] == "missing"
    assert state(statement) == "submitted"
    move(ray, statement, "return", comment="The date,\r\nand the place.", reason="missing")
    done = statement.transitions.last()
    assert (done.name, done.reason, done.comment) == ("return", "missing", "The date,\nand the place.")


@pytest.mark.parametrize(
    "data",
    [{"comment": "Mend it.", "reason": "because"}, {"comment": "Mend\0 it."}, {"comment": "Mend it.", "reason": ""}],
)
def test_a_return_that_makes_no_sense_is_refused(data: dict[str, str], draft: Draft, ray: User) -> None:
    statement = handed_in(draft, LEAVE)
    assert move(ray, statement, "return", **data).status_code == 422
    assert state(statement) == "submitted"


def test_what_is_skipped_comes_again_after_the_last(draft: Draft, ray: User) -> None:
    first, second = handed_in(draft, LEAVE), handed_in(draft, SPRING)
    assert read(ray, second).select_one('[data-key="n j"]')["href"] == address(first)
    assert move(ray, second, "publish").url == address(first)
    assert read(ray, first).select_one('[data-key="n j"]') is None


def test_only_the_version_that_was_read_is_published(draft: Draft, ann: User, ray: User, cleo: User) -> None:
    statement = handed_in(draft, LEAVE)
    was_read = statement.version
    statement.return_(by=cleo, comment="Mend it.")
    statement.edit(by=ann, cue="announced")
    statement.submit(by=ann)
    for name, data in (("publish", {}), ("return", {"comment": "Mend the date."})):
        refused = move(ray, statement, name, version=was_read, **data)
        assert refused.status_code == 409
        page = soup(refused)
        assert "Nothing was done: this statement was changed while you read it, by ann." in words(page.find(id="stale"))
        assert page.select_one("#stale ins").get_text() == "announced"
        assert page.select_one("input[name=version]")["value"] == str(statement.version)
        assert state(statement) == "submitted"
    assert page.find(id="return-comment").get_text().strip() == "Mend the date."
    move(ray, statement, "publish")
    assert state(statement) == "published"


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 40])
def test_a_version_that_cannot_be_read_publishes_nothing(version: str, draft: Draft, ray: User) -> None:
    statement = handed_in(draft, LEAVE)
    assert move(ray, statement, "publish", version=version).status_code == 409
    assert state(statement) == "submitted"


def test_of_two_reviewers_the_second_is_told_that_it_is_done(draft: Draft, ray: User, cleo: User) -> None:
    statement = handed_in(draft, LEAVE)
    was_read = statement.version
    statement.publish(by=cleo)
    refused = move(ray, statement, "publish", version=was_read)
    assert refused.status_code == 409
    assert "by cleo" in words(soup(refused).find(id="stale"))
    assert "It stands below as it is now, published." in words(soup(refused).find(id="stale"))
    assert statement.transitions.filter(name="publish").count() == 1


def test_nobody_reviews_their_own(draft: Draft, ray: User) -> None:
    own = handed_in(draft, LEAVE, by=ray)
    page = read(ray, own)
    assert "This one is your own" in words(page)
    assert page.select('[data-key="p"], [data-key="r"]') == []
    assert move(ray, own, "publish").status_code == 422
    assert state(own) == "submitted"


def test_what_is_published_has_nothing_to_press(published: Published, ray: User) -> None:
    statement = published()
    assert "It is published: there is nothing to review." in words(read(ray, statement))
    assert move(ray, statement, "return", comment="Mend it.").status_code == 422


def test_what_is_coded_blind_is_never_reviewed(at_work: dict[str, Statement], ray: User) -> None:
    for name in ("", "publish/", "return/"):
        verb = as_user(ray).post if name else as_user(ray).get
        assert verb(f"{DESK}{at_work['ann'].public_id}/{name}").status_code == 404


def test_the_form_of_the_record_publishes_the_version_that_it_showed_too(draft: Draft, ann: User, ray: User) -> None:
    statement = handed_in(draft, LEAVE)
    page = soup(as_user(ray).get(f"/admin/claims/statement/{statement.pk}/change/"))
    form = page.select_one('form[action$="/move/publish/"]')
    shown = form.find("input", attrs={"name": "version"})["value"]
    statement.return_(by=ray, comment="Mend it.")
    statement.submit(by=ann)
    as_user(ray).post(form["action"], {"version": shown})
    assert state(statement) == "submitted"


# A source whole


def whole(user: User, source: Source, query: str = "") -> BeautifulSoup:
    response = as_user(user).get(f"{DESK}source/{source.pk}/{query}")
    assert response.status_code == 200
    return soup(response)


def publish_all(user: User, source: Source, *pairs: str) -> Any:
    return as_user(user).post(f"{DESK}source/{source.pk}/publish/", {"read": pairs}, follow=True)


def pairs(page: BeautifulSoup) -> list[str]:
    return [field["value"] for field in page.select("input[name=read]")]


def test_a_source_is_read_whole_with_every_passage_and_all_that_was_made_of_it(
    draft: Draft, ann: User, ray: User, article: Source
) -> None:
    handed_in(draft, DOUBT), handed_in(draft, LEAVE, SPRING)
    draft("and not before")
    page = whole(ray, article)
    assert [mark.get_text() for mark in page.select(".desk-whole mark")] == [LEAVE, SPRING, DOUBT]
    assert [words(one) for one in page.select(".desk-one h3")] == ["1 Ada Example", "2 Ada Example"]
    assert [one["href"] for one in page.select(".desk-whole .desk-number")] == [
        "#statement-1",
        "#statement-1",
        "#statement-2",
    ]
    assert "1 other not among them" in words(page)
    for number in page.select(".desk-whole .desk-number"):
        number.decompose()
    assert page.select_one(".desk-whole").get_text() == TEXT


def test_passages_that_overlap_and_markup_in_a_text_are_shown_as_they_are() -> None:
    text = "a <b> & c d"
    first, second = Statement(spans=[[0, 5]]), Statement(spans=[[2, 7], [8, 9]])
    page = BeautifulSoup(f"<p>{with_passages(text, [(1, first), (2, second)])}</p>", "html.parser")
    assert [mark.get_text() for mark in page.select("mark")] == ["a ", "<b>", " &", "c"]
    assert [number.get_text() for number in page.select("a")] == ["1", "2", "2"]
    assert [number.get("id") for number in page.select("a")] == ["passage-1", "passage-2", None]
    for number in page.select("a"):
        number.decompose()
    assert page.get_text() == text


def test_all_that_was_read_is_published_at_once_each_logged(
    draft: Draft, ann: User, ray: User, article: Source
) -> None:
    made = [handed_in(draft, LEAVE), handed_in(draft, SPRING)]
    unread = handed_in(draft, DOUBT)
    read_pairs = [pair for pair in pairs(whole(ray, article)) if not pair.startswith(unread.public_id)]
    response = publish_all(ray, article, *read_pairs)
    assert said(response) == ["2 statements published."]
    assert [state(statement) for statement in (*made, unread)] == ["published", "published", "submitted"]
    assert [statement.transitions.filter(name="publish", by=ray).count() for statement in made] == [1, 1]


def test_what_has_changed_since_is_named_and_left_out(draft: Draft, ann: User, ray: User, article: Source) -> None:
    changed, same = handed_in(draft, LEAVE), handed_in(draft, SPRING)
    shown = pairs(whole(ray, article))
    changed.return_(by=ray, comment="Mend it.")
    changed.edit(by=ann, cue="announced")
    changed.submit(by=ann)
    told = said(publish_all(ray, article, *shown))
    assert told[0].startswith("Not published: “Northland will leave the valley”. Somebody has saved another version")
    assert told[1] == "1 statement published."
    assert (state(changed), state(same)) == ("submitted", "published")


def test_all_publishes_nothing_of_ones_own_or_of_another_source_or_of_a_coding(
    draft: Draft, ray: User, article: Source
) -> None:
    own, elsewhere = handed_in(draft, LEAVE, by=ray), handed_in(draft, LEAVE, source=another(article))
    assert pairs(whole(ray, article)) == []
    publish_all(ray, article, f"{own.public_id}:2", f"{elsewhere.public_id}:2", "x", "\0:1", f"{own.public_id}:x")
    assert (state(own), state(elsewhere)) == ("submitted", "submitted")


def test_a_source_read_whole_can_be_one_annotators(draft: Draft, bob: User, ray: User, article: Source) -> None:
    handed_in(draft, LEAVE)
    bobs = handed_in(draft, SPRING, by=bob)
    page = whole(ray, article, "?by=bob")
    assert pairs(page) == [f"{bobs.public_id}:2"]
    assert page.select_one('form[action$="/publish/?by=bob"]')


def test_a_statement_on_an_older_text_is_shown_in_its_own(draft: Draft, ray: User, article: Source) -> None:
    handed_in(draft, LEAVE)
    article.add_revision("Another text altogether.")
    page = whole(ray, article)
    assert page.select(".desk-whole mark") == []
    assert "This one stands on an older text." in words(page)
    assert page.select_one(".in-context mark").get_text() == LEAVE


# Who, and how much


PATHS = ["", "{id}/", "{id}/publish/", "{id}/return/", "source/{source}/", "source/{source}/publish/"]


@pytest.mark.parametrize("path", PATHS)
def test_who_reviews_nothing_is_not_let_in(
    path: str, draft: Draft, ann: User, bob: User, sam: User, article: Source
) -> None:
    statement = handed_in(draft, LEAVE)
    path = DESK + path.format(id=statement.public_id, source=article.pk)
    verb = "post" if path.endswith(("publish/", "return/")) else "get"
    data = {"version": 2, "comment": "Mend it.", "reason": "other", "read": f"{statement.public_id}:2"}
    assert getattr(as_user(None), verb)(path, data).url.startswith("/admin/login/?next=")
    for user in (ann, bob, sam):
        assert getattr(as_user(user), verb)(path, data).status_code == 403
    assert state(statement) == "submitted"


@pytest.mark.parametrize("path", ["{id}/", "source/{source}/"])
def test_it_costs_as_many_queries_with_three_of_everything_as_with_one(
    path: str, draft: Draft, ann: User, ray: User, valley: Claim, northland: Party, southland: Party, article: Source
) -> None:
    client, counts = as_user(ray), []
    holders = [northland, southland, Party.objects.create(name="Eastland", slug="eastland", short_name="Eastland")]
    for rows in (1, 3):
        for n in range(rows):
            positions = [{"claim": valley, "holder": holder, "stance": "supports"} for holder in holders[:rows]]
            statement = handed_in(draft, TEXT[n * 3 : n * 3 + 9], positions=positions, via=[article.publisher])
            for _ in range(rows):
                statement.return_(by=ray, comment="Mend it.")
                statement.edit(by=ann, note=f"Note {n}")
                statement.submit(by=ann)
                Comment.objects.create(statement=statement, by=ray, text="Look.")
        with CaptureQueriesContext(connection) as queries:
            response = client.get(DESK + path.format(id=statement.public_id, source=article.pk))
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_reading_writes_nothing(draft: Draft, ray: User, article: Source) -> None:
    statement, client = handed_in(draft, LEAVE), as_user(ray)
    with CaptureQueriesContext(connection) as queries:
        for path in ("", f"{statement.public_id}/", f"source/{article.pk}/"):
            client.get(DESK + path)
    assert {query["sql"].lstrip("(").split()[0] for query in queries} <= {"SELECT", "SAVEPOINT", "RELEASE"}


def test_what_two_people_code_waits_for_nobody(at_work: dict[str, Statement], codings: list[Coding], ray: User) -> None:
    assert "Nothing waits for your review." in words(soup(as_user(ray).get(DESK)))
