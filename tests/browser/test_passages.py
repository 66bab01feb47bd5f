"""The passages of statements in the text: painted, clicked, with their cards beside them, and moved by their handles."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from claims.anchors import locate
from claims.models import Statement
from sources.models import Source, Speaker
from tests.browser.conftest import Desk
from tests.browser.selecting import FAMILY, START, TEXT, WIDE, at, bench, drag, point, source_of, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(desk: Desk, ann: User) -> Page:
    """The workbench with TEXT, its events listened to."""
    page = desk(ann, bench(source_of(TEXT)), viewport=WIDE)
    page.evaluate(START)
    return page


# Statements in the text


@pytest.fixture
def nested(ann: User, ada: Speaker) -> Source:
    """Three statements: a sentence, a phrase within it, and one that begins in that phrase and goes on after it."""
    source = source_of(TEXT)
    for words in (
        "Northland will leave the valley, said Ada Example.",
        "will leave the valley",
        "the valley, said Ada",
    ):
        fields = {"by": ann, "revision": source.newest_revision, "speaker": ada, "kind": "indirect"}
        Statement.objects.record(spans=locate(TEXT, [words]), external_id=words, **fields)
    return source


def test_a_click_tells_the_statements_under_it_innermost_first(desk: Desk, ann: User, nested: Source) -> None:
    names = dict(Statement.objects.values_list("public_id", "external_id"))
    for word, expected in {
        "Northland": ["Northland will leave the valley, said Ada Example."],
        "leave": ["will leave the valley", "Northland will leave the valley, said Ada Example."],
        "valley": [
            "the valley, said Ada",
            "will leave the valley",
            "Northland will leave the valley, said Ada Example.",
        ],
        "said": ["the valley, said Ada", "Northland will leave the valley, said Ada Example."],
    }.items():
        page = desk(ann, bench(nested), viewport=WIDE)
        page.evaluate(START)
        page.mouse.click(*point(page, at(word, 2)))
        [clicked] = told(page, "words:clicked")
        assert [names[each] for each in clicked["ids"]] == expected
        page.context.close()


def test_every_stretch_is_painted_once_and_shared_words_as_shared(desk: Desk, ann: User, nested: Source) -> None:
    page = desk(ann, bench(nested), viewport=WIDE)
    page.evaluate(START)
    painted = page.evaluate(
        """() => Object.fromEntries([...CSS.highlights].filter(([, ranges]) => ranges.size)
            .map(([name, ranges]) => [name, [...ranges].map((range) => words.exact(words.spanOf(range))).sort()]))"""
    )
    # Along the text: one statement, from "will" two or three, after "Ada" one again.
    shared = "will leave the valley, said Ada"
    assert painted == {"st-draft": [" Example.", "Northland "], "st-over": [shared]}


def test_cards_stand_apart_and_the_active_one_beside_its_words(desk: Desk, ann: User, nested: Source) -> None:
    page = desk(ann, bench(nested), viewport=WIDE)
    page.evaluate(START)
    for card in page.locator(".card").all():
        card.locator(".card-open").click()
        expect(card).to_have_attribute("data-active", "")
        tops = page.evaluate(
            """(card) => {
                const words_of = words.rangeOf(JSON.parse(card.dataset.spans)[0]).getClientRects()[0].top;
                const boxes = [...document.querySelectorAll(".card")].map((one) => one.getBoundingClientRect());
                boxes.sort((one, other) => one.top - other.top);
                const gaps = boxes.slice(1).map((box, nth) => box.top - boxes[nth].bottom);
                return [card.getBoundingClientRect().top - words_of, Math.min(...gaps)];
            }""",
            card.element_handle(),
        )
        assert abs(tops[0]) < 1
        assert tops[1] > 7.5


# Handles


def passages(page: Page) -> list[str]:
    return page.locator(".passage-words").all_text_contents()


def knob(page: Page, nth: int) -> tuple[float, float]:
    box = page.locator(".handle").nth(nth).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_handles_move_the_ends_of_passages_by_mouse_and_stop_at_each_other(page: Page) -> None:
    drag(page, point(page, at("will leave"), "left"), point(page, at("leave", 4), "right"))
    expect(page.locator(".handle")).to_have_count(2)
    assert abs(knob(page, 0)[0] - point(page, at("will leave"), "left")[0]) < 3
    assert abs(knob(page, 1)[0] - point(page, at("leave", 4), "right")[0]) < 3
    drag(page, knob(page, 1), point(page, at("valley", 5), "right"))
    assert passages(page) == ["will leave the valley"]
    drag(page, knob(page, 0), point(page, at("leave"), "left"))
    assert passages(page) == ["leave the valley"]
    drag(page, knob(page, 1), point(page, at("Northland")))
    assert passages(page) == ["l"]
    page.keyboard.press("Escape")
    drag(page, point(page, at("We go"), "left"), point(page, at("spring", 5), "right"))
    page.get_by_role("button", name="Add as passage").click()
    expect(page.locator(".handle")).to_have_count(4)
    drag(page, knob(page, 1), point(page, at("Southland", 3)))
    assert passages(page) == ["leave the valley, said Ada Example. “", "We go in spring"]
    drag(page, knob(page, 2), point(page, at("Northland")))
    assert passages(page) == ["leave the valley, said Ada Example. “", "We go in spring"]


def test_a_handle_takes_whole_clusters_and_stands_where_right_to_left_words_begin(page: Page) -> None:
    page.mouse.dblclick(*point(page, at("נסכים", 1)))
    expect(page.locator(".handle")).to_have_count(2)
    assert abs(knob(page, 0)[0] - point(page, at("נסכים"), "right")[0]) < 3
    assert abs(knob(page, 1)[0] - point(page, at("נסכים", 4), "left")[0]) < 3
    drag(page, knob(page, 0), point(page, at("לא"), "right"))
    assert passages(page) == ["לא נסכים"]
    drag(page, knob(page, 1), point(page, at("לכך", 2), "left"))
    assert passages(page) == ["לא נסכים לכך"]
    drag(page, knob(page, 0), point(page, at(FAMILY), "left"))
    assert passages(page)[0].startswith(FAMILY)


# By touch


class Finger:
    """A finger on the screen: what Chromium is told of a touch screen."""

    def __init__(self, page: Page) -> None:
        self.screen = page.context.new_cdp_session(page)

    def drag(self, *points: tuple[float, float]) -> None:
        for nth, (x, y) in enumerate(points):
            kind = "touchMove" if nth else "touchStart"
            self.screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        self.screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_by_touch_a_selection_at_rest_is_offered_and_a_handle_follows_the_finger(desk: Desk, ann: User) -> None:
    phone = {"viewport": {"width": 400, "height": 800}, "has_touch": True, "is_mobile": True}
    page = desk(ann, bench(source_of(TEXT)), **phone)
    page.evaluate(START)
    page.touchscreen.tap(*point(page, at("Southland", 3)))
    # A long press selects, and the browser's own handles move the ends: pages see no more of it than this.
    choose = """async (spans) => { for (const span of spans) {
        const range = words.rangeOf(span);
        const changed = new Promise((done) => document.addEventListener("selectionchange", done, { once: true }));
        getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
        await changed;
        await new Promise((done) => setTimeout(done));
    } }"""
    page.evaluate(choose, [[at("will"), at("will") + 4], [at("will"), at(" valley")]])
    [selected] = told(page)
    assert (selected["by"], TEXT[slice(*selected["span"])]) == ("touch", "will leave the")
    page.get_by_role("button", name="Annotate").tap()
    expect(page.locator(".handle")).to_have_count(2)
    assert passages(page) == ["will leave the"]
    handle, end = knob(page, 1), point(page, at("valley", 5), "right")
    below = 14  # the finger takes the knob, below the line
    middle = ((handle[0] + end[0]) / 2, handle[1] + below)
    Finger(page).drag((handle[0], handle[1] + below), middle, (end[0], end[1] + below))
    assert passages(page) == ["will leave the valley"]
    assert page.evaluate("scrollX") == 0
