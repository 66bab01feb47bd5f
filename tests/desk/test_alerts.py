"""What waits for whom, by feed and by mail; and that neither tells a word of a draft."""

import datetime
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.alerts import waiting_for
from claims.models import Alert, Coding, Comment, Statement
from claims.roles import ANNOTATORS
from sources.models import Source
from tests.conftest import Draft, member
from tests.html import soup, words

ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = "/admin/desk/alerts/"


def told(user: User) -> list[str]:
    """As the user's next request asks: permissions anew."""
    return sorted(map(str, waiting_for(User.objects.get(pk=user.pk))))


def say(statement: Statement, by: User, text: str = "Who is this?") -> Comment:
    return Comment.objects.create(statement=statement, by=by, text=text)


# What waits


def test_a_returned_statement_waits_for_its_annotator_until_it_is_mended(
    draft: Draft, ann: User, bob: User, ray: User
) -> None:
    one = draft()
    one.submit(by=ann)
    assert told(ann) == []
    one.return_(by=ray, comment="Whose words?")
    assert (told(ann), told(bob), told(ray)) == (["1 statement returned to you to be mended"], [], [])
    one.submit(by=ann)
    assert told(ann) == []


def test_a_submitted_statement_waits_for_every_reviewer_but_its_own_annotator(
    draft: Draft, ann: User, bob: User, ray: User, cleo: User
) -> None:
    one, own = draft(), draft(by=ray)
    one.submit(by=ann)
    own.submit(by=ray)
    assert told(ray) == ["1 statement waiting for your review"]
    assert told(cleo) == ["2 statements waiting for your review"]
    assert (told(ann), told(bob)) == ([], [])
    one.publish(by=ray)
    assert told(ray) == []


def test_a_source_kept_for_somebody_waits_for_them_until_they_take_it(article: Source, ann: User, bob: User) -> None:
    article.assign(to=ann)
    assert (told(ann), told(bob)) == (["1 source kept for you in the queue"], [])
    article.take(by=ann)
    assert told(ann) == []


def test_it_waits_since_it_was_kept_also_where_a_form_or_sql_did_that(article: Source, ann: User) -> None:
    before = timezone.now()
    Source.objects.filter(pk=article.pk).update(assigned_to=ann)
    assert waiting_for(ann)[0].newest > before


def test_a_comment_waits_until_it_is_answered_or_acted_on(draft: Draft, ann: User, bob: User, ray: User) -> None:
    one, two = draft(), draft()
    one.submit(by=ann)
    two.submit(by=ann)
    say(one, ray)
    say(one, ray, "And where?")
    say(two, ray)
    assert told(ann) == ["3 comments not answered by you yet"]
    assert told(bob) == []
    say(one, ann, "The spokeswoman.")
    assert told(ann) == ["1 comment not answered by you yet"]
    assert "1 comment not answered by you yet" in told(ray)
    two.return_(by=ray, comment="Whose?")
    two.submit(by=ann)
    assert told(ann) == []


def test_who_lost_the_role_hears_no_more_of_others_drafts(draft: Draft, ann: User, ray: User) -> None:
    one = draft()
    one.submit(by=ann)
    say(one, ray)
    say(one, ann, "The spokeswoman.")
    ray.groups.clear()
    assert told(ray) == []


def test_a_blind_coding_waits_for_each_of_its_coders_until_they_are_done(article: Source, ann: User, bob: User) -> None:
    mine, _ = Coding.objects.begin(source=article, coders=(ann, bob))
    assert told(ann) == told(bob) == ["1 source to be coded by you, blind"]
    mine.finish(by=ann)
    assert (told(ann), told(bob)) == ([], ["1 source to be coded by you, blind"])


def test_what_waits_is_told_by_source_where_the_public_knows_it(
    settings: Any, draft: Draft, published: Draft, article: Source, ann: User, ray: User
) -> None:
    published("Southland doubts it.")
    for _ in range(2):
        draft().submit(by=ann)
    hidden = Source.objects.create(title="Secret minutes", publisher=article.publisher, published_on="2031-03-03")
    hidden.add_revision("It rained.")
    draft("It rained.", source=hidden).submit(by=ann)
    assert told(ray) == [
        "1 statement waiting for your review",
        "2 statements waiting for your review: Valley talks open",
    ]
    settings.PARLEY_PUBLIC = False
    assert told(ray) == ["3 statements waiting for your review"]


def test_it_costs_as_many_queries_with_three_rows_as_with_one(
    draft: Draft, article: Source, ann: User, bob: User, ray: User
) -> None:
    costs = []
    for n in (1, 2, 3):
        source = Source.objects.create(title=f"Day {n}", publisher=article.publisher, published_on="2031-03-02")
        source.assign(to=ann)
        one = draft()
        one.submit(by=ann)
        say(one, ray)
        one.return_(by=ray, comment="Whose?")
        say(one, ray)
        client = Client()
        client.force_login(ann)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[2]


# The page


@pytest.fixture
def at(db: None) -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


def feed_of(client: Client) -> str:
    """Make a feed as its owner does, and tell its path."""
    address = soup(client.post(PAGE, {"verb": "renew"})).find(id="feed-address")["value"]
    return address.removeprefix("http://testserver")


def test_strangers_have_no_alerts(sam: User, at: Any) -> None:
    assert at(sam).get(PAGE).status_code == 403
    assert at(sam).post(PAGE, {"verb": "renew"}).status_code == 403
    answer = Client().get(PAGE)
    assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={PAGE}")
    assert not Alert.objects.exists()


def test_the_address_is_shown_once_and_kept_nowhere(ann: User, at: Any) -> None:
    client = at(ann)
    answer = client.post(PAGE, {"verb": "renew"})
    token = re.search(r"/feeds/desk/([\w-]{32})\.atom", answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    assert token not in client.get(PAGE).content.decode()
    assert token not in str(Alert.objects.values().get())


def test_a_look_at_the_page_makes_nothing(ann: User, at: Any) -> None:
    assert "Nothing waits for you." in words(soup(at(ann).get(PAGE)))
    assert not Alert.objects.exists()


def test_a_new_address_ends_the_old_one_and_no_one_else_s(ann: User, bob: User, at: Any) -> None:
    old, others = feed_of(at(ann)), feed_of(at(bob))
    new = feed_of(at(ann))
    assert [Client().get(path).status_code for path in (old, new, others)] == [404, 200, 200]
    at(ann).post(PAGE, {"verb": "end"})
    assert [Client().get(path).status_code for path in (new, others)] == [404, 200]


# The feed


def entries(path: str) -> list[Any]:
    return ElementTree.fromstring(Client().get(path).content).findall(f"{ATOM}entry")  # noqa: S314 our own


def test_the_feed_needs_no_cookie_also_on_a_closed_site(settings: Any, ann: User, at: Any) -> None:
    path = feed_of(at(ann))
    settings.PARLEY_PUBLIC = False
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_a_wrong_token_finds_nothing(ann: User, at: Any) -> None:
    path = feed_of(at(ann))
    for wrong in (path.replace(".atom", "x.atom"), "/feeds/desk/x.atom", "/feeds/desk/None.atom", "/feeds/desk/.atom"):
        assert Client().get(wrong).status_code == 404


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {}])
def test_whoever_left_or_lost_their_role_has_no_feed(ann: User, at: Any, change: dict[str, bool]) -> None:
    path = feed_of(at(ann))
    User.objects.filter(pk=ann.pk).update(**change)
    if not change:
        ann.groups.clear()
    assert Client().get(path).status_code == 404


def test_the_feed_says_what_waits_and_not_a_word_of_it(
    draft: Draft, ann: User, ray: User, article: Source, at: Any
) -> None:
    path = feed_of(at(ann))
    assert entries(path) == []
    one = draft(note="A note.", occasion="A visit")
    one.submit(by=ann)
    say(one, ray, "Zebra?")
    one.return_(by=ray, comment="Giraffe?")
    say(one, ray, "Zebra again?")
    body = Client().get(path).content.decode()
    assert [entry.findtext(f"{ATOM}title") for entry in entries(path)] == [
        "2 comments not answered by you yet",
        "1 statement returned to you to be mended",
    ]
    secret = [
        article.title,
        article.public_id,
        one.public_id,
        one.quote,
        "Ada",
        "Zebra",
        "Giraffe",
        "ray",
        "A note",
        "A visit",
    ]
    assert [each for each in [*secret, path.split("/")[3]] if each in body] == []
    links = [entry.find(f"{ATOM}link").get("href") for entry in entries(path)]
    assert set(links) == {"http://testserver/admin/"}


def test_an_entry_is_new_to_a_reader_when_something_is_added_and_only_then(
    draft: Draft, ann: User, ray: User, at: Any
) -> None:
    path, ids = feed_of(at(ray)), []
    for _ in range(2):
        draft().submit(by=ann)
        ids.append([entry.findtext(f"{ATOM}id") for entry in entries(path)])
        assert ids[-1] == [entry.findtext(f"{ATOM}id") for entry in entries(path)]
    assert len(ids[0]) == len(ids[1]) == 1
    assert ids[0] != ids[1]


def test_what_waits_for_review_leads_there(draft: Draft, ann: User, ray: User, at: Any) -> None:
    path = feed_of(at(ray))
    draft().submit(by=ann)
    [entry] = entries(path)
    address = entry.find(f"{ATOM}link").get("href")
    assert at(ray).get(address, follow=True).redirect_chain[-1][0].startswith("/admin/desk/review/")


def test_a_title_with_what_xml_cannot_hold_still_makes_a_feed(article: Source, ann: User, at: Any) -> None:
    path = feed_of(at(ann))
    Source.objects.filter(pk=article.pk).update(title="Valley\x0b <talks> &\x01 more", is_public=True, assigned_to=ann)
    assert [entry.findtext(f"{ATOM}title") for entry in entries(path)] == [
        "1 source kept for you in the queue: Valley <talks> & more"
    ]


# Mail


@pytest.fixture
def later() -> Callable[..., str]:
    """Run the command so much later, on a site that sends mail, and tell what it said."""

    def run(minutes: float = 5) -> str:
        from io import StringIO

        out = StringIO()
        call_command("send_alerts", now=timezone.now() + datetime.timedelta(minutes=minutes), stdout=out)
        return out.getvalue().strip()

    return run


@pytest.fixture
def wishing(settings: Any, ann: User, at: Any) -> User:
    """Ann, who asked for mail, on a site that sends some."""
    settings.PARLEY_MAIL, settings.PARLEY_HOST, settings.PARLEY_HTTPS = True, "parley.example.org", True
    ann.email = "ann@example.org"
    ann.save()
    at(ann).post(PAGE, {"verb": "mail"})
    return ann


def returned(draft: Draft, ann: User, ray: User) -> Statement:
    one = draft()
    one.submit(by=ann)
    one.return_(by=ray, comment="Giraffe?")
    return one


def test_one_mail_tells_what_came_since_the_last_and_then_none(
    draft: Draft, wishing: User, ray: User, later: Any
) -> None:
    assert later() == "0 mails sent."
    one = returned(draft, wishing, ray)
    returned(draft, wishing, ray)
    assert [later(), later(), later(60)] == ["1 mail sent.", "0 mails sent.", "0 mails sent."]
    one.submit(by=wishing)
    assert later(120) == "0 mails sent."
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ann@example.org"], "Parley: 2 things wait for you")
    assert "- 2 statements returned to you to be mended\n" in sent.body
    assert "https://parley.example.org/admin/\n" in sent.body
    assert "https://parley.example.org/admin/desk/alerts/" in sent.body
    for secret in (one.quote, one.public_id, "Ada", "Giraffe", "ray", "Valley talks open"):
        assert secret not in sent.body + sent.subject


def test_what_comes_after_a_mail_is_told_in_the_next(draft: Draft, wishing: User, ray: User, later: Any) -> None:
    returned(draft, wishing, ray)
    assert later(1) == "1 mail sent."
    one = returned(draft, wishing, ray)
    say(one, ray)
    assert later() == "1 mail sent."
    assert len(mail.outbox) == 2


def test_what_may_not_be_committed_yet_is_left_for_the_next_mail(
    draft: Draft, wishing: User, ray: User, later: Any
) -> None:
    returned(draft, wishing, ray)
    assert [later(0), later(2)] == ["0 mails sent.", "1 mail sent."]


def test_nobody_else_is_mailed(draft: Draft, wishing: User, ray: User, bob: User, later: Any) -> None:
    """Not who never asked, not who stopped it, left, lost their role, or has no address."""
    returned(draft, wishing, ray)
    draft().submit(by=wishing)
    for n, change in enumerate([{"is_active": False}, {"is_staff": False}, {"email": ""}, {}]):
        somebody = member(f"somebody-{n}", ANNOTATORS)
        Alert.objects.create(user=somebody, by_mail=True)
        Source.objects.create(
            title="Kept", publisher=Source.objects.first().publisher, published_on="2031-03-02", assigned_to=somebody
        )
        User.objects.filter(pk=somebody.pk).update(**{"email": "somebody@example.org", **change})
        if not change:
            somebody.groups.clear()
    Alert.objects.filter(user=wishing).update(by_mail=False)
    assert later() == "0 mails sent."
    assert mail.outbox == []


def test_without_a_mail_server_nothing_is_sent_and_nothing_is_lost(
    settings: Any, draft: Draft, wishing: User, ray: User, later: Any
) -> None:
    returned(draft, wishing, ray)
    settings.PARLEY_MAIL = False
    assert later() == "Mail is not configured (EMAIL_URL), so nothing was sent."
    assert mail.outbox == []
    settings.PARLEY_MAIL = True
    assert later() == "1 mail sent."


def test_a_mail_that_cannot_be_sent_is_named_and_sent_the_next_time(
    settings: Any, draft: Draft, wishing: User, ray: User, later: Any
) -> None:
    returned(draft, wishing, ray)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    with pytest.raises(CommandError, match=r"not sent, and tried again next time: ann: .*refused"):
        later()
    assert Alert.objects.get().mailed_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert later() == "1 mail sent."
