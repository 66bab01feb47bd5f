"""Review by single keys in a real browser: what each does, and that none fires where somebody writes."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from claims.models import Statement
from tests.browser.conftest import Desk
from tests.conftest import Draft

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


@pytest.mark.parametrize("path", ["/admin/", "/admin/desk/review/", "/admin/desk/review/source/{source}/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_desk_is_wider_than_a_telephone(
    desk: Desk, ray: User, waiting: list[Statement], path: str, scheme: str
) -> None:
    path = path.format(source=waiting[0].source_id)
    page = desk(ray, path, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
