"""The editors' home: what each person finds there, in which order, and the queue moved from it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Claim, Coding, Comment, Statement
from sources.models import Source
from tests.conftest import TEXT, Draft, Published
from tests.desk.conftest import as_user
from tests.html import soup, words

HOME = "/admin/"


def home(user: User) -> BeautifulSoup:
    response = as_user(user).get(HOME)
    assert response.status_code == 200
    return soup(response)


def part(user: User, heading: str) -> Any:
    return home(user).find(id=f"{heading}-heading").parent


def another(source: Source, title: str = "Talks go on", day: int = 3) -> Source:
    made = Source.objects.create(title=title, publisher=source.publisher, published_on=f"2031-03-{day:02}")
    made.add_revision(TEXT)
    return made


def returned(draft: Draft, by: User, reviewer: User, **fields: Any) -> Statement:
    statement = draft(by=by, **fields)
    statement.submit(by=by)
    statement.return_(by=reviewer, comment="Whose words?", reason="attribution")
    return statement


def post(user: User | None, path: str, **data: Any) -> Any:
    return as_user(user).post(f"/admin/desk/{path}", data, follow=True)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def state(source: Source) -> tuple[str, str | None]:
    source.refresh_from_db()
    return source.queue_state, source.assigned_to and source.assigned_to.username


# What is there


def test_what_came_back_is_first_with_what_is_to_be_mended_and_the_way_there(
    draft: Draft, ann: User, ray: User, article: Source
) -> None:
    statement = returned(draft, ann, ray)
    page = home(ann)
    assert page.select(".desk-part h2")[0].get_text() == "To be mended (1)"
    row = page.select_one("#returned li")
    assert "ray, on who said it, to whom, when: Whose words?" in words(row)
    assert "Northland will leave the valley" in words(row)
    there = f"/admin/sources/source/{article.pk}/annotate/?statement={statement.public_id}"
    assert row.select_one("a.button")["href"] == there


def test_a_statement_returned_twice_tells_the_last_return(draft: Draft, ann: User, ray: User, cleo: User) -> None:
    statement = returned(draft, ann, ray)
    statement.submit(by=ann)
    statement.return_(by=cleo, comment="Still not.", reason="passage")
    told = words(home(ann).select_one("#returned"))
    assert "cleo, on the passage: Still not." in told
    assert "Whose words?" not in told


def test_what_came_back_to_others_is_not_on_my_desk(draft: Draft, ann: User, bob: User, ray: User) -> None:
    returned(draft, ann, ray)
    for user in (bob, ray):
        assert "Whose words?" not in words(home(user))


def test_a_comment_waits_on_the_desk_until_it_is_answered(draft: Draft, ann: User, bob: User, ray: User) -> None:
    statement = draft()
    Comment.objects.create(statement=statement, by=ray, text="Is there a transcript?")
    assert "ray: Is there a transcript?" in words(part(ann, "returned"))
    assert "transcript" not in words(home(bob))
    Comment.objects.create(statement=statement, by=ann, text="No.")
    assert "transcript" not in words(home(ann))


def test_my_sources_show_how_far_they_are_in_numbers_and_in_a_bar(
    draft: Draft, published: Published, ann: User, ray: User, article: Source
) -> None:
    article.take(by=ann)
    returned(draft, ann, ray)
    draft("We go in spring"), draft("and not before")
    published("Southland doubts it")
    row = home(ann).select_one("#mine li")
    assert words(row.select_one(".desk-progress")) == "2 draft, 1 returned, 1 published"
    widths = [(part["class"][0], part["width"]) for part in row.select("rect")]
    assert widths == [("progress-draft", "50.0"), ("progress-returned", "25.0"), ("progress-published", "25.0")]


def test_progress_counts_no_draft_that_this_person_may_not_see(
    draft: Draft, ann: User, bob: User, ray: User, article: Source
) -> None:
    article.take(by=ann)
    draft()
    assert "No statement yet that you may see." in words(home(bob).select_one("#others"))
    assert "1 draft" in words(home(ray).select_one("#others"))


def test_the_queue_has_what_is_kept_for_me_first_and_nothing_that_is_kept_for_others(
    ann: User, bob: User, article: Source
) -> None:
    another(article, "Mine").assign(to=ann)
    another(article, "Bob’s").assign(to=bob)
    rows = home(ann).select("#waiting .desk-title")
    assert [words(row) for row in rows] == ["Mine", "Valley talks open"]
    assert "Kept for you" in words(home(ann).select_one("#waiting li"))


def test_only_reviewers_see_what_waits_for_review_and_never_their_own(
    draft: Draft, ann: User, ray: User, cleo: User, article: Source
) -> None:
    for statement in (draft(), draft("We go in spring"), draft("Southland doubts it", by=ray)):
        statement.submit(by=statement.annotated_by)
    assert home(ann).find(id="review-heading") is None
    assert [words(row) for row in home(ray).select("#to-review li .desk-meta")] == [
        "2 by ann · the oldest waits 0 minutes · Read whole · first work of ann"
    ]
    assert len(home(cleo).select("#to-review li")) == 2
    link = home(ray).select_one("#to-review a")["href"]
    assert link == f"/admin/desk/review/?source={article.pk}&by=ann"


def test_work_is_the_first_only_until_something_else_of_theirs_was_passed(
    published: Published, draft: Draft, ann: User, ray: User, article: Source
) -> None:
    published()
    draft("We go in spring").submit(by=ann)
    assert "first work" in words(home(ray).select_one("#to-review"))
    draft("We go in spring", source=another(article)).submit(by=ann)
    rows = {words(row.select_one("a")): "first work" in words(row) for row in home(ray).select("#to-review li")}
    assert rows == {"Valley talks open": True, "Talks go on": False}


def test_what_a_reviewer_changed_of_mine_is_shown_to_me_word_by_word(
    published: Published, ann: User, bob: User, ray: User
) -> None:
    statement, withdrawn = published(), published("Southland doubts it")
    statement.correct(by=ray, comment="She announced it.", cue="announced")
    withdrawn.withdraw(by=ray, comment="Nobody said it.")
    latest, first = home(ann).select("#corrected > li")
    assert "Withdrawn by ray: Nobody said it." in words(latest)
    assert "Corrected by ray: She announced it." in words(first)
    assert (first.find("del").get_text(), first.find("ins").get_text()) == ("said", "announced")
    assert home(bob).find(id="corrected") is None


def test_a_coder_finds_the_source_to_code(codings: list[Coding], ann: User, bob: User, article: Source) -> None:
    assert "blind to each other" in words(part(ann, "mine"))
    assert f"/admin/sources/source/{article.pk}/annotate/" in str(part(ann, "mine"))
    assert "blind" not in words(part(bob, "mine"))


def test_an_empty_desk_says_what_to_do_next(ann: User) -> None:
    told = words(home(ann))
    assert "Nothing came back to you." in told
    assert "Add a source, or ask a chief for one." in told
    assert "Nothing waits that you could take." in told


def test_who_has_no_role_finds_no_desk(sam: User, draft: Draft) -> None:
    assert as_user(sam).get(HOME).status_code == 302
    draft()
    staff = User.objects.create_user("staff", password="x", is_staff=True)
    page = home(staff)
    assert page.select(".desk-part") == []
    assert "has no part in annotating yet" in words(page)


def test_all_records_are_folded_below(cleo: User) -> None:
    folded = home(cleo).select_one("details.desk-records")
    assert not folded.has_attr("open")
    assert folded.select_one('a[href="/admin/claims/statement/"]')


def test_long_lists_are_cut_and_lead_to_the_whole(ann: User, article: Source) -> None:
    for n in range(1, 15):
        another(article, f"Source {n}", n).take(by=ann)
    found = part(ann, "mine")
    assert words(found.find("h2")) == "Your sources in progress (14)"
    assert len(found.select("#mine > li")) == 10
    assert words(found.select("a")[-1]) == "All 14"


def one_more_of_everything(n: int, draft: Draft, article: Source, valley: Claim, people: tuple[User, ...]) -> None:
    ann, bob, ray = people
    sources = [another(article, f"{what} {n}", n) for what in ("Mine", "Bob’s", "Done", "Waiting", "Coded")]
    sources[0].take(by=ann), sources[1].take(by=bob), sources[2].mark_done(by=ann)
    Coding.objects.begin(source=sources[4], coders=(ann, bob))
    positions = [{"claim": valley, "holder": valley.topic.parties.first(), "stance": "supports"}]
    returned(draft, ann, ray, source=sources[0], positions=positions)
    for source, by in zip(sources[:3], (ann, bob, ann), strict=True):
        draft("We go in spring", source=source, by=by).submit(by=by)
    right = draft("Southland doubts it", source=sources[2], positions=positions)
    right.submit(by=ann)
    right.publish(by=ray)
    right.correct(by=ray, comment="Mended.", cue=f"cue {n}")
    Comment.objects.create(statement=right, by=ray, text="Look.")
    draft("and not before", source=sources[0], by=ray).submit(by=ray)


@pytest.mark.parametrize("who", ["ann", "ray", "cleo"])
def test_it_costs_as_many_queries_with_three_of_everything_as_with_one(
    who: str, draft: Draft, article: Source, valley: Claim, ann: User, bob: User, ray: User, cleo: User
) -> None:
    client, counts = as_user(User.objects.get(username=who)), []
    for rows in ([1], [2, 3]):
        for n in rows:
            one_more_of_everything(n, draft, article, valley, (ann, bob, ray))
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# The queue


def test_take_the_next_leads_to_the_workbench_of_the_one_kept_for_me(ann: User, article: Source) -> None:
    kept = another(article)
    kept.assign(to=ann)
    response = as_user(ann).post("/admin/desk/next/")
    assert response.url == f"/admin/sources/source/{kept.pk}/annotate/"
    assert state(kept) == ("in_progress", "ann")
    assert state(article) == ("waiting", None)


def test_take_the_next_of_nothing_says_so(ann: User) -> None:
    assert said(post(ann, "next/")) == ["Nothing waits that you could take."]


def test_a_source_is_taken_put_back_and_done_from_the_desk(ann: User, article: Source) -> None:
    post(ann, f"take/{article.pk}/")
    assert state(article) == ("in_progress", "ann")
    assert said(post(ann, f"put-back/{article.pk}/")) == ["“Valley talks open” waits again, for anybody."]
    assert state(article) == ("waiting", None)
    post(ann, f"take/{article.pk}/")
    assert said(post(ann, f"done/{article.pk}/")) == ["“Valley talks open” is done."]
    assert state(article) == ("done", "ann")


def test_who_says_done_is_told_what_was_not_submitted(draft: Draft, ann: User, article: Source) -> None:
    draft()
    post(ann, f"take/{article.pk}/")
    assert said(post(ann, f"done/{article.pk}/"))[1] == "1 statement of yours in it is not submitted yet."


@pytest.mark.parametrize("verb", ["take", "put-back", "done"])
def test_what_is_with_somebody_else_stays_there(verb: str, ann: User, bob: User, article: Source) -> None:
    article.take(by=ann)
    assert "ann" in said(post(bob, f"{verb}/{article.pk}/"))[0]
    assert state(article) == ("in_progress", "ann")


@pytest.mark.parametrize("verb", ["put-back", "done"])
def test_a_reviewer_may_do_it_for_them(verb: str, ann: User, ray: User, article: Source) -> None:
    article.take(by=ann)
    post(ray, f"{verb}/{article.pk}/")
    assert state(article)[0] in ("waiting", "done")


@pytest.mark.parametrize("verb", ["take", "put-back", "done"])
def test_what_is_coded_blind_is_not_in_the_queue(verb: str, codings: list[Coding], cleo: User, article: Source) -> None:
    assert "blind to each other" in said(post(cleo, f"{verb}/{article.pk}/"))[0]
    assert state(article) == ("in_progress", None)


def test_reviewers_keep_sources_for_somebody(ann: User, bob: User, ray: User, article: Source) -> None:
    other = another(article)
    response = post(ray, "assign/", source=[article.pk, other.pk], to=bob.pk)
    assert said(response) == ["2 sources are kept for bob."]
    assert state(article) == state(other) == ("waiting", "bob")
    assert post(ann, "assign/", source=[article.pk], to=ann.pk).status_code == 403
    assert state(article) == ("waiting", "bob")


@pytest.mark.parametrize("to", ["", "0", "sam", "\0"])
def test_nothing_is_kept_for_nobody(to: str, ray: User, sam: User, article: Source) -> None:
    to = str(sam.pk) if to == "sam" else to
    assert said(post(ray, "assign/", source=[article.pk], to=to)) == ["Tick one source or more, and choose for whom."]
    assert state(article) == ("waiting", None)


def test_the_list_of_sources_keeps_for_somebody_too_where_a_reviewer_asks(
    ann: User, ray: User, article: Source
) -> None:
    asked = {"action": "keep_for", "_selected_action": [article.pk], "editor": ann.pk}
    page = as_user(ann).post("/admin/sources/source/", asked, follow=True)
    assert state(article) == ("waiting", None)
    assert soup(page).find(attrs={"name": "editor"}) is None
    assert said(as_user(ray).post("/admin/sources/source/", asked, follow=True)) == ["1 source kept for ann."]
    assert state(article) == ("waiting", "ann")


def test_an_annotator_does_not_set_the_queue_by_the_form_of_a_source(ann: User, ray: User, article: Source) -> None:
    page = f"/admin/sources/source/{article.pk}/change/"
    assert soup(as_user(ann).get(page)).find(attrs={"name": "assigned_to"}) is None
    assert soup(as_user(ray).get(page)).find(attrs={"name": "assigned_to"})


PATHS = ["next/", "take/{pk}/", "put-back/{pk}/", "done/{pk}/", "assign/"]


@pytest.mark.parametrize("path", PATHS)
def test_strangers_move_nothing(path: str, sam: User, article: Source) -> None:
    path = "/admin/desk/" + path.format(pk=article.pk)
    assert as_user(None).post(path).url == "/admin/login/?next=/admin/"
    assert as_user(sam).post(path).status_code == 403
    assert as_user(sam).get(path).status_code == 405
    assert state(article) == ("waiting", None)


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/admin/desk/review/abc/?source=7", "/admin/desk/review/abc/%3Fsource%3D7"),
        ("http://elsewhere.example/admin/desk/", "/admin/"),
        ("http://testserver//elsewhere.example/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_a_form_sent_after_the_log_in_ran_out_leads_back_to_its_page(came_from: str, back: str, db: None) -> None:
    response = as_user(None).post("/admin/desk/next/", headers={"Referer": came_from})
    assert response.url == f"/admin/login/?next={back}"


def test_mine_stands_in_the_order_in_which_it_is_to_be_done(ann: User) -> None:
    assert [words(heading) for heading in home(ann).select(".desk-columns > div:first-child .desk-part > h2")] == [
        "To be mended",
        "Your sources in progress",
        "Waiting in the queue",
    ]
