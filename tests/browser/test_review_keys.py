"""Review by single keys in a real browser: what each does, and that none fires where somebody writes."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from claims.models import Comment, Statement
from sources.models import Source
from tests.browser.conftest import Desk
from tests.browser.test_workbench import serious
from tests.conftest import Draft, Published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(draft: Draft, ann: User) -> list[Statement]:
    made = [draft("Northland will leave the valley"), draft("We go in spring"), draft("Southland doubts it")]
    for statement in made:
        statement.submit(by=ann)
    return made


def at(page: Page, statement: Statement) -> None:
    expect(page.locator(f'#review[data-statement="{statement.public_id}"]')).to_be_visible()


def state(statement: Statement) -> str:
    return Statement.objects.get(pk=statement.pk).state


def test_publish_return_skip_and_back_without_a_mouse(desk: Desk, ray: User, waiting: list[Statement]) -> None:
    first, second, third = waiting
    page = desk(ray, "/admin/desk/review/")
    at(page, first)
    page.keyboard.press("n")
    at(page, second)
    page.keyboard.press("k")
    at(page, first)
    page.keyboard.press("p")
    at(page, second)
    expect(page.locator(".messagelist .success")).to_contain_text("Published: Northland will leave the valley")
    page.keyboard.press("2")
    expect(page.locator("#return-comment")).to_be_focused()
    page.keyboard.type("pnk? who says so")
    page.keyboard.press("Control+Enter")
    at(page, third)
    page.keyboard.press("r")
    page.keyboard.type("Mend it.")
    page.keyboard.press("Escape")
    expect(page.locator("#return-comment")).not_to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_text("Nothing waits for your review.")).to_be_visible()
    assert [state(statement) for statement in waiting] == ["published", "returned", "published"]
    move = second.transitions.get(name="return")
    assert (move.comment, move.reason) == ("pnk? who says so", "attribution")


def test_a_comment_is_written_by_keys_and_is_not_there_to_be_sent_twice(
    desk: Desk, ray: User, waiting: list[Statement]
) -> None:
    page = desk(ray, f"/admin/desk/review/{waiting[0].public_id}/")
    page.keyboard.press("c")
    page.keyboard.type("Is there a transcript?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#talk li")).to_contain_text("Is there a transcript?")
    expect(page.locator("#comment-text")).to_have_value("")
    assert waiting[0].comments.count() == 1
    assert state(waiting[0]) == "submitted"


def test_single_keys_can_be_switched_off_for_good(desk: Desk, ray: User, waiting: list[Statement]) -> None:
    page = desk(ray, "/admin/desk/review/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("p")
    page.get_by_label("Single keys work outside fields").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.reload()
    page.keyboard.press("p")
    page.keyboard.press("n")
    page.locator("#return-comment").focus()
    at(page, waiting[0])
    assert state(waiting[0]) == "submitted"
    page.get_by_role("button", name="Publish").click()
    at(page, waiting[1])


def test_what_was_written_outlives_a_log_in_that_has_run_out(desk: Desk, ray: User, waiting: list[Statement]) -> None:
    page = desk(ray, "/admin/desk/review/")
    page.keyboard.press("r")
    page.keyboard.type("The date is missing.")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Username").fill("ray")
    page.get_by_label("Password").fill("ray says open")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#return-comment")).to_have_value("The date is missing.")
    assert state(waiting[0]) == "submitted"


@pytest.mark.parametrize("width", [360, 1440])
def test_everything_works_without_javascript(desk: Desk, ray: User, waiting: list[Statement], width: int) -> None:
    page = desk(ray, "/admin/", java_script_enabled=False, viewport={"width": width, "height": 800})
    page.get_by_role("link", name="Review the next").click()
    at(page, waiting[0])
    page.get_by_label("the passage").check()
    page.get_by_label("What is to be mended").fill("Mend it.")
    page.get_by_role("button", name="Return").click()
    at(page, waiting[1])
    page.get_by_role("button", name="Publish").click()
    at(page, waiting[2])
    assert [state(statement) for statement in waiting[:2]] == ["returned", "published"]


@pytest.fixture
def full_desk(
    waiting: list[Statement], draft: Draft, published: Published, article: Source, ann: User, ray: User
) -> None:
    """Something in every part of the desk of either."""
    article.take(by=ann)
    for statement in (waiting[0], draft("and not before")):
        if statement.state == "draft":
            statement.submit(by=ann)
        statement.return_(by=ray, comment="Whose words?", reason="attribution")
        Comment.objects.create(statement=statement, by=ray, text="Is there a transcript?")
    waiting[0].edit(by=ann, cue="announced")
    waiting[0].submit(by=ann)
    published("she added").correct(by=ray, comment="She announced it.", cue="announced")
    for title, verb in (("Waiting", None), ("Done", "mark_done"), ("Ray’s", "take")):
        source = Source.objects.create(title=title, publisher=article.publisher, published_on="2031-03-03")
        if verb:
            getattr(source, verb)(by=ray)


PAGES = [
    "/admin/",
    "/admin/desk/review/{id}/",
    "/admin/desk/review/source/{source}/",
    "/admin/claims/statement/{pk}/change/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(
    width: int, scheme: str, desk: Desk, ann: User, ray: User, waiting: list[Statement], full_desk: None
) -> None:
    one = waiting[0]
    for user, paths in ((ray, PAGES), (ann, PAGES[:1] + PAGES[3:])):
        page = desk(user, "/admin/", viewport={"width": width, "height": 900}, color_scheme=scheme)
        for path in paths:
            page.goto(path.format(id=one.public_id, source=one.source_id, pk=one.pk))
            assert page.evaluate("window.breaches") == []
            assert (path, serious(page)) == (path, [])
            page.evaluate("window.breaches = []")  # axe writes style sheets of its own where the admin imports some
            assert page.evaluate("document.documentElement.scrollWidth") <= width
