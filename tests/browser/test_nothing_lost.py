"""Whatever happens to the browser, the network or the log-in, what was typed is there again, and nothing is overwritten."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from claims.models import Claim, KeptForm, Statement
from sources.models import Source, Speaker
from tests.browser.annotating import Hands
from tests.browser.conftest import CHROMIUM, Desk
from tests.browser.selecting import TEXT, WIDE, bench, source_of

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Northland will leave the valley"
TYPED = "half a thought, “as it was” 👩\u200d👧 שלום"


@pytest.fixture
def story(ada: Speaker, valley: Claim) -> Source:
    return source_of(TEXT)


def note(hands: Hands) -> object:
    return hands.form.locator('[name="note"]')


def half_filled(page: Page) -> Hands:
    """A form opened on WORDS, with a note typed, a claim chosen, and part of another typed."""
    hands = Hands(page)
    hands.drag_over(WORDS)
    expect(hands.form.get_by_label("Speaker", exact=True)).to_have_value("Ada Example")
    hands.form.get_by_text("More: whom for").click()
    note(hands).fill(TYPED)
    hands.form.locator(".position").last.get_by_label("Claim").click()
    hands.claim("leave", "Leave the valley")
    hands.form.locator('.position [data-stance="opposes"]').first.click()
    hands.form.locator(".position").last.get_by_label("Claim").fill("tol")
    return hands


def is_back(page: Page) -> Hands:
    hands = Hands(page)
    expect(hands.form).to_be_visible()
    expect(hands.form.locator(".passage-words")).to_have_text([WORDS])
    expect(hands.form.get_by_label("Speaker", exact=True)).to_have_value("Ada Example")
    expect(note(hands)).to_have_value(TYPED)
    first, second = (hands.form.locator(".position").nth(n) for n in (0, 1))
    expect(first.get_by_label("Claim")).to_have_value("Leave the valley")
    expect(first.locator('[data-stance="opposes"] input')).to_be_checked()
    expect(second.get_by_label("Claim")).to_have_value("tol")
    return hands


def kept(page: Page) -> None:
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "kept")
    expect(page.locator("#status")).to_contain_text("Unfinished form kept")


def test_a_reload_brings_the_form_back_with_all_that_was_typed(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    half_filled(page)
    kept(page)
    page.reload()
    hands = is_back(page)
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    page.keyboard.press("Control+Enter")
    hands.saved()
    assert Statement.objects.get().note == TYPED
    page.reload()
    Hands(page)
    expect(page.locator("form.sheet")).to_have_count(0)


def test_another_browser_of_the_same_editor_has_the_form_too(desk: Desk, ann: User, bob: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    half_filled(page)
    kept(page)
    page.context.close()
    is_back(desk(ann, bench(story), viewport=WIDE))
    others = desk(bob, bench(story), viewport=WIDE)
    Hands(others)
    expect(others.locator("form.sheet")).to_have_count(0)


# A browser of its own process, that can be killed


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def own_browser(playwright: Playwright, profile: Path) -> Iterator[tuple[subprocess.Popen[bytes], BrowserContext]]:
    port = free_port()
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    command = [
        str(CHROMIUM),
        *arguments,
        f"--remote-debugging-port={port}",
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    for line in process.stderr:  # it says when it listens
        if b"DevTools listening" in line:
            break
    try:
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        yield process, browser.contexts[0]
    finally:
        process.kill()
        process.wait()


def logged_in(context: BrowserContext, user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    expires = 4102444800  # so that the browser writes it to its profile
    host = str(urlsplit(address).hostname)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": host, "path": "/", "expires": expires}]
    )


def test_a_killed_browser_brings_the_form_back(
    playwright: Playwright, live_server: object, tmp_path: Path, ann: User, story: Source
) -> None:
    address = f"{live_server}{bench(story)}"
    with own_browser(playwright, tmp_path) as (process, context):
        logged_in(context, ann, address)
        page = context.new_page()
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        page.goto(address)
        half_filled(page)
        kept(page)
        process.kill()
        process.wait()
    with own_browser(playwright, tmp_path) as (_, context):
        page = context.pages[0]
        logged_in(context, ann, address)
        page.goto(address)
        is_back(page)


# The log-in, the network


def test_a_lapsed_log_in_loses_nothing_and_is_said(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = half_filled(page)
    kept(page)
    Session.objects.all().delete()
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    note(hands).fill(TYPED + "!")
    page.keyboard.press("Control+Enter")
    notice = page.locator('[data-notice="out"]')
    expect(notice).to_contain_text("You are logged out. Nothing is lost")
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "local")
    assert not Statement.objects.exists()
    with page.context.expect_page() as opened:
        notice.get_by_role("link").click()
    login = opened.value
    login.get_by_label("Username").fill("ann")
    login.get_by_label("Password").fill("ann says open")
    login.get_by_role("button", name="Log in").click()
    login.wait_for_url("**/admin/")
    page.bring_to_front()
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "all", timeout=30_000)
    assert Statement.objects.get().note == TYPED + "!"
    assert Statement.objects.get().annotated_by == ann


def test_nothing_is_sent_or_shown_in_the_name_of_another(desk: Desk, ann: User, bob: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = half_filled(page)
    kept(page)
    client = Client()
    client.force_login(bob)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    host = str(urlsplit(page.url).hostname)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": host, "path": "/"}])
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-notice="stranger"]')).to_contain_text("You are now logged in as bob", timeout=20_000)
    expect(page.locator("#columns")).to_be_hidden()
    assert not Statement.objects.exists()
    assert set(KeptForm.objects.values_list("user__username", flat=True)) == {"ann"}


def test_an_hour_without_a_network_loses_nothing(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, "/admin/", viewport=WIDE)
    page.clock.install()
    page.goto(bench(story))
    hands = half_filled(page)
    page.clock.run_for(2_000)
    page.context.set_offline(True)
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    note(hands).fill(TYPED + " offline")
    page.clock.run_for(2_000)
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "local")
    expect(page.locator("#status")).to_contain_text("kept in this browser only")
    page.keyboard.press("Control+Enter")
    page.clock.fast_forward("01:00:00")
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "local")
    assert not Statement.objects.exists()
    page.context.set_offline(False)
    page.clock.run_for(60_000)
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "all")
    assert Statement.objects.get().note == TYPED + " offline"


def test_what_was_typed_offline_outlives_a_reload(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = half_filled(page)
    kept(page)
    note(hands).fill("before")
    kept(page)
    page.context.set_offline(True)
    note(hands).fill(TYPED)
    expect(page.locator("#workbench")).to_have_attribute("data-saved", "local")
    context, address = page.context, page.url
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    is_back(again)
    context.close()


# Two at once


def test_two_browsers_editing_one_statement_end_with_nothing_lost(
    desk: Desk, ann: User, story: Source, draft: object
) -> None:
    statement = draft(WORDS, source=story)  # type: ignore[operator]
    first, second = (Hands(desk(ann, bench(story), viewport=WIDE)) for _ in range(2))
    for hands, cue, said_to in ((first, "told", "the press"), (second, "whispered", "")):
        card = hands.page.locator(f"#card-{statement.public_id}")
        card.locator(".card-open").click()
        card.get_by_role("button", name="Edit").click()
        hands.form.get_by_label("Cue verb").fill(cue)
        if said_to:
            hands.form.get_by_text("More: whom for").click()
            hands.form.get_by_label("Said to").fill(said_to)
    first.page.keyboard.press("Control+Enter")
    first.saved()
    second.page.bring_to_front()
    second.page.keyboard.press("Control+Enter")
    both = second.page.locator("form.conflict")
    expect(both).to_contain_text("told")
    expect(both).to_contain_text("whispered")
    statement.refresh_from_db()
    assert (statement.cue, statement.addressee, statement.version) == ("told", "the press", 2)
    both.get_by_role("group", name="Said to").get_by_label("the press").check()
    both.get_by_role("button", name="Save my choice").click()
    second.saved()
    statement.refresh_from_db()
    assert (statement.cue, statement.addressee, statement.version) == ("whispered", "the press", 3)
    words = second.page.locator(f"#card-{statement.public_id}")
    expect(words).to_be_visible()


def test_escape_never_loses_typed_text(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = half_filled(page)
    for _ in range(4):
        page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()
    expect(note(hands)).to_have_value(TYPED)
    page.keyboard.press("f")
    expect(page.locator("form.sheet :focus")).to_have_count(1)


def test_a_new_selection_sets_the_unfinished_form_aside(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = half_filled(page)
    hands.drag_over("The talks go on.")
    page.get_by_role("button", name="New statement").click()
    expect(hands.form.locator(".passage-words")).to_have_text(["The talks go on."])
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    is_back(page)


def test_escape_leaves_a_speaker_who_is_being_added_as_typed(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    hands.drag_over(WORDS)
    hands.form.get_by_label("Speaker", exact=True).fill("Cy Nobody")
    page.get_by_role("option", name="New speaker").click()
    hands.form.get_by_label("Also called").fill("Cyrus; the envoy")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()
    expect(hands.form.get_by_label("Also called")).to_have_value("Cyrus; the envoy")
    kept(page)
    page.reload()
    again = Hands(page)
    also = again.form.get_by_label("Also called")
    also.focus()
    page.keyboard.press("Escape")
    expect(also).to_have_value("Cyrus; the envoy")


# The text is another


def test_a_form_kept_over_a_new_text_stays_on_its_words(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    half_filled(page)
    kept(page)
    newer = story.add_revision("The valley, a day later.\n\n" + TEXT)
    page.reload()
    hands = is_back(page)
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    page.keyboard.press("Control+Enter")
    hands.saved()
    statement = Statement.objects.get()
    assert (statement.revision, statement.exacts) == (newer, [WORDS])


def test_words_that_the_new_text_has_not_are_shown_and_selected_anew(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    half_filled(page)
    kept(page)
    newer = story.add_revision("They stay.")
    page.reload()
    hands = is_back(page)
    expect(hands.form.locator(".sheet-told")).to_contain_text("Select them anew")
    hands.form.locator(".position").nth(1).get_by_label("Claim").fill("")
    page.keyboard.press("Control+Enter")
    expect(hands.form.locator('[data-problem="spans"]')).to_contain_text("Select the words anew")
    page.locator("#text").focus()  # no list that opens late moves the page
    hands.drag_over("They stay.")
    page.get_by_role("button", name="Replace").click()
    expect(hands.form.locator(".sheet-told")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    hands.saved()
    statement = Statement.objects.get()
    assert (statement.revision, statement.exacts, statement.note) == (newer, ["They stay."], TYPED)


# An answer that does not come


def test_a_change_goes_on_from_one_whose_answer_was_lost(desk: Desk, ann: User, story: Source, draft: object) -> None:
    statement = draft(WORDS, source=story)  # type: ignore[operator]
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        page.context.set_offline(True)
        route.abort()

    page.locator(f"#card-{statement.public_id}").focus()
    page.keyboard.press("Enter")
    hands.form.get_by_label("Cue verb").fill("told")
    page.route(f"**/statements/{statement.public_id}/", lose_the_answer, times=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-state")).to_contain_text("waits for the connection")
    page.locator(".entry-open").click()
    hands.form.get_by_label("Cue verb").fill("whispered")
    page.keyboard.press("Control+Enter")
    page.context.set_offline(False)
    hands.saved()
    statement.refresh_from_db()
    assert (statement.cue, statement.version) == ("whispered", 3)


def test_nothing_older_is_undone_while_a_statement_is_being_saved(
    desk: Desk, ann: User, story: Source, draft: object
) -> None:
    first, second = (draft(words, source=story) for words in (WORDS, "The talks go on."))  # type: ignore[operator]
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    status = page.locator("#status")
    page.locator(f"#card-{first.public_id}").focus()
    page.keyboard.press("x")
    expect(status).to_contain_text("The statement is deleted.")
    page.locator(f"#card-{second.public_id}").focus()
    page.keyboard.press("Enter")
    hands.form.get_by_label("Cue verb").fill("told")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("still being saved")
    assert [statement.cue for statement in Statement.objects.all()] == ["said"]
    page.context.set_offline(False)
    hands.saved()
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("The last change is undone.")
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("The deleted statement is back.")
    assert {statement.cue for statement in Statement.objects.all()} == {"said"}
