"""A source goes in at the desk: by paste or by file, every character kept; and through the queue."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from sources.models import Publisher, Source
from sources.models.document import MAX_TEXT
from tests.admin.conftest import Desk, form_of

ADD = "/admin/sources/source/add/"
# Emoji joined by ZWJ, Arabic with marks, Hebrew with points, a combining accent, soft hyphen, no-break space, marks of
# direction, a leading and a trailing blank: what a careless form loses.
SCRIPTS = (
    "\n  Ada 👩‍👩‍👧‍👦 said: «لَا نَقْبَلُ» and “שָׁלוֹם”.\nCafe\u0301 Ve\u00adrein\u00a0\u200e\u200f\ufeff\t\n\n"
    "Second paragraph.  "
)


def fields(gazette: Publisher, **given: Any) -> dict[str, Any]:
    inline = {"revisions-TOTAL_FORMS": 0, "revisions-INITIAL_FORMS": 0}
    own = {"title": "Talks open", "publisher": gazette.pk, "published_on": "2031-03-02", "medium": "article"}
    return {**own, "language": "en", "queue_state": "waiting", "_save": "Save", **inline, **given}


@pytest.fixture
def gazette(db: None) -> Publisher:
    return Publisher.objects.create(name="The Gazette", slug="gazette")


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def test_a_pasted_text_keeps_every_character_and_only_line_ends_change(
    desk: Desk, ann: User, gazette: Publisher
) -> None:
    response = desk(ann).post(ADD, fields(gazette, text=SCRIPTS.replace("\n", "\r\n")))
    assert response.status_code == 302
    assert [(r.number, r.text) for r in Source.objects.get().revisions.all()] == [(1, SCRIPTS)]


def test_an_uploaded_file_keeps_every_character(desk: Desk, ann: User, gazette: Publisher) -> None:
    file = SimpleUploadedFile("article.txt", SCRIPTS.replace("\n", "\r\n").encode())
    assert desk(ann).post(ADD, fields(gazette, file=file)).status_code == 302
    assert Source.objects.get().newest_revision.text == SCRIPTS


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({}, "text", "Paste the text, or choose a file that holds it."),
        ({"text": " \r\n "}, "text", "The text is empty."),
        ({"text": "one\r\ntwo\0"}, "text", "Line 2 of the text has a NUL character, which no text may hold."),
        ({"text": "a" * (MAX_TEXT + 1)}, "text", "The text has 2,000,001 characters; the limit is 2,000,000."),
        ({"file": b"one\ntwo \xff"}, "file", "The file is not UTF-8: line 2, byte 9 is not part of any character. "),
        ({"file": b"a" * 8_000_001}, "file", "The file has 8,000,001 bytes; no text of 2,000,000 characters needs as"),
        ({"file": b""}, "file", "The submitted file is empty."),
        ({"file": b"one", "text": "two"}, "file", "Paste the text or choose a file, not both."),
    ],
    ids=["none", "blank", "nul", "long", "not-utf-8", "large", "empty-file", "both"],
)
def test_a_text_that_cannot_be_kept_is_an_error_of_the_form_and_nothing_is_written(
    desk: Desk, ann: User, gazette: Publisher, given: dict[str, Any], field: str, message: str
) -> None:
    if "file" in given:
        given = {**given, "file": SimpleUploadedFile("article.txt", given["file"])}
    response = desk(ann).post(ADD, fields(gazette, **given))
    found = errors(response)
    assert list(found) == [field]
    assert found[field][0].startswith(message)
    assert not Source.objects.exists()


def test_twenty_megabytes_of_pasted_text_get_one_clear_line(desk: Desk, ann: User, gazette: Publisher) -> None:
    response = desk(ann).post(ADD, fields(gazette, text="a" * 20_000_000))
    assert response.status_code == 400
    assert "The form holds more than 10 MB, so nothing was saved." in response.content.decode()
    assert not Source.objects.exists()


def test_the_longest_text_that_is_allowed_goes_in(desk: Desk, ann: User, gazette: Publisher) -> None:
    assert desk(ann).post(ADD, fields(gazette, text="🕊" * MAX_TEXT)).status_code == 302
    assert len(Source.objects.get().newest_revision.text) == MAX_TEXT


def test_a_new_text_on_the_change_page_is_a_new_revision_and_the_first_stays(
    desk: Desk, ann: User, article: Source
) -> None:
    client, address = desk(ann), f"/admin/sources/source/{article.pk}/change/"
    data = form_of(client.get(address))
    first = article.newest_revision.text
    client.post(address, {**data, "text": first})
    client.post(address, {**data, "text": "They left."})
    client.post(address, data)
    assert list(article.revisions.order_by("number").values_list("number", "text")) == [(1, first), (2, "They left.")]


def test_a_source_saved_unchanged_stays_as_it_is(desk: Desk, ann: User, article: Source) -> None:
    client, address = desk(ann), f"/admin/sources/source/{article.pk}/change/"
    before = Source.objects.values().get()
    assert client.post(address, form_of(client.get(address))).status_code == 302
    assert Source.objects.values().get() == before


def act(client: Any, action: str, *sources: Source) -> list[str]:
    response = client.post(
        "/admin/sources/source/", {"action": action, "_selected_action": [s.pk for s in sources]}, follow=True
    )
    return [str(message) for message in response.context["messages"]]


def queue(source: Source) -> tuple[str, str | None]:
    source.refresh_from_db()
    return source.queue_state, source.assigned_to and source.assigned_to.username


def test_the_queue_take_put_back_done_set_aside(desk: Desk, ann: User, article: Source) -> None:
    client = desk(ann)
    assert act(client, "take", article) == ["1 source taken: yours, in progress."]
    assert queue(article) == ("in_progress", "ann")
    assert act(client, "mark_done", article) == ["1 source marked done."]
    assert queue(article) == ("done", "ann")
    act(client, "put_back", article)
    assert queue(article) == ("waiting", None)
    act(client, "set_aside", article)
    assert queue(article) == ("set_aside", None)


def test_a_source_that_somebody_is_at_work_on_is_not_taken_from_them(
    desk: Desk, ann: User, bob: User, article: Source
) -> None:
    act(desk(ann), "take", article)
    assert act(desk(bob), "take", article) == ["Not taken: yours, in progress: ann is at work on “Valley talks open”."]
    assert queue(article) == ("in_progress", "ann")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("assigned=me", ["Mine"]),
        ("assigned=nobody", ["Free"]),
        ("assigned=others", ["Bob’s"]),
        ("queue_state__exact=done", ["Bob’s"]),
    ],
)
def test_the_filters_of_the_queue(
    desk: Desk, ann: User, bob: User, gazette: Publisher, query: str, titles: list[str]
) -> None:
    for title, who, state in (("Mine", ann, "in_progress"), ("Free", None, "waiting"), ("Bob’s", bob, "done")):
        Source.objects.create(
            title=title, publisher=gazette, published_on="2031-03-02", assigned_to=who, queue_state=state
        )
    found = desk(ann).get(f"/admin/sources/source/?{query}").context["cl"].result_list
    assert [source.title for source in found] == titles


def test_the_count_of_statements_leaves_out_the_drafts_of_others(desk: Desk, ann: User, bob: User, draft: Any) -> None:
    draft()
    counts = [
        desk(user).get("/admin/sources/source/").context["cl"].result_list[0].statement_count for user in (ann, bob)
    ]
    assert counts == [1, 0]


def test_aliases_are_typed_one_to_a_line(desk: Desk, ann: User, cleo: User) -> None:
    data = {
        "name": "Ada Example",
        "slug": "ada",
        "kind": "person",
        "aliases": "A. Example, MP\r\n\r\n آدا \r\nA. Example, MP",
    }
    inline = {"affiliations-TOTAL_FORMS": 0, "affiliations-INITIAL_FORMS": 0}
    assert desk(ann).post("/admin/sources/speaker/add/", {**data, **inline}).status_code == 302
    from sources.models import Speaker

    speaker = Speaker.objects.get()
    assert speaker.aliases == ["A. Example, MP", "آدا"]
    page = desk(cleo).get(f"/admin/sources/speaker/{speaker.pk}/change/")
    assert form_of(page)["aliases"] == "A. Example, MP\nآدا"
    assert list(desk(cleo).get("/admin/sources/speaker/?q=آدا").context["cl"].result_list) == [speaker]


def test_two_parties_at_once_are_refused_on_the_form_by_the_words_of_the_database(
    desk: Desk, cleo: User, northland: Any, southland: Any
) -> None:
    rows = {
        f"affiliations-{n}-{name}": value
        for n, party in enumerate((northland, southland))
        for name, value in (("party", party.pk), ("role", "Envoy"))
    }
    data = {
        "name": "Ada",
        "slug": "ada",
        "kind": "person",
        "affiliations-TOTAL_FORMS": 2,
        "affiliations-INITIAL_FORMS": 0,
    }
    response = desk(cleo).post("/admin/sources/speaker/add/", {**data, **rows})
    assert errors(response) == {"__all__": ["A speaker never speaks for two parties at once."]}


@pytest.mark.parametrize(("who", "may"), [("ann", False), ("ray", False), ("cleo", True)])
def test_what_the_public_cites_is_changed_by_a_chief_alone(
    who: str, may: bool, request: pytest.FixtureRequest, desk: Desk, published: Any, article: Source
) -> None:
    published()
    client = desk(request.getfixturevalue(who))
    address = f"/admin/sources/source/{article.pk}/change/"
    wanted = fields(article.publisher, title="Another title", full_text_public="on", note="Seen.")
    client.post(address, form_of(client.get(address)) | wanted)
    article.refresh_from_db()
    assert (article.title == "Another title", article.full_text_public, article.note) == (
        may,
        may,
        "Seen." if may else "",
    )


@pytest.mark.parametrize("key", ["abc", "²", "\0", "99999999999999999999", "-1"])
def test_a_key_that_is_none_is_no_server_error(key: str, desk: Desk, cleo: User, gazette: Publisher) -> None:
    assert desk(cleo).get(ADD, {"publisher": key}).status_code == 200
    response = desk(cleo).post(ADD, fields(gazette, text="Words.", publisher=key))
    assert len(errors(response)["publisher"]) == 1
    assert not Source.objects.exists()
