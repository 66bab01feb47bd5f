"""Time on task, through the real screen: what is pressed and clicked beyond selecting words and typing names."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Page

from claims.models import Claim, Statement
from sources.models import Party, Source, Speaker
from tests.browser.annotating import Hands
from tests.browser.conftest import Desk
from tests.browser.selecting import WIDE, bench, source_of

pytestmark = pytest.mark.django_db(transaction=True)

BUDGET = 6  # for a statement with two positions

# Ten statements, each by a speaker whom the text names, or does not.
SENTENCES = [
    "Northland will leave the valley by spring, said Ada Example.",
    "Ada Example added that the toll would be paid.",
    "Southland doubts that anybody will go, said Bo Sample.",
    "Bo Sample demanded that the bridge be mended first.",
    "“We have waited long enough,” said Ada Example.",
    "The toll has been paid twice already, Bo Sample claimed.",
    "It was never agreed, Ada Example replied.",
    "Nobody is to cross before the snow has gone.",
    "Ada Example promised a new bridge.",
    "Bo Sample called the promise empty.",
]
STANCES = ["s", "o", "n", "d"]


@pytest.fixture
def article_of_ten(ada: Speaker, valley: Claim, southland: Party) -> Source:
    bo = Speaker.objects.create(name="Bo Sample", slug="bo-sample")
    bo.affiliations.create(party=southland, role="Envoy")
    valley.topic.claims.create(slug="toll", label="Road toll", proposition="A toll is paid.", kind="fact", rank=2)
    return source_of("\n\n".join(SENTENCES))


def two_positions(hands: Hands, nth: int) -> None:
    for typed, name, stance in (
        ("leav", "Leave the valley", STANCES[nth % 4]),
        ("toll", "Road toll", f"Shift+{STANCES[(nth + 1) % 4]}"),  # with Shift: and save
    ):
        hands.claim(typed, name)
        hands.page.keyboard.press(stance)


def fill(hands: Hands, nth: int) -> int:
    """A form that has just opened, to the end; what it took since the last statement."""
    form = hands.form
    form.wait_for()
    if nth == 7:  # the words name nobody: who spoke last is proposed, and another chosen
        hands.speaker("ada", "Ada Example")
    elif form.get_by_label("Speaker", exact=True).evaluate("(field) => field === document.activeElement"):
        hands.page.keyboard.press("Tab")  # proposed, to be checked: it stays
    two_positions(hands, nth)
    hands.saved()
    return hands.presses()


def as_told() -> list[tuple[str, list[str]]]:
    rows = Statement.objects.in_text_order()
    return [(row.quote, list(row.positions.order_by("id").values_list("stance", flat=True))) for row in rows]


WANTED = [
    ("s", "supports"),
    ("o", "opposes"),
    ("n", "neutral"),
    ("d", "declined"),
]


def expected() -> list[list[str]]:
    words = dict(WANTED)
    return [[words[STANCES[nth % 4]], words[STANCES[(nth + 1) % 4]]] for nth in range(len(SENTENCES))]


def by_mouse(page: Page) -> list[int]:
    hands, took = Hands(page), []
    for nth, sentence in enumerate(SENTENCES):
        hands.drag_over(sentence)
        took.append(fill(hands, nth))
    return took


def by_keyboard(page: Page) -> list[int]:
    hands, took = Hands(page), []
    page.locator("#text").focus()

    def select(nth: int) -> None:
        if nth:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("s")

    for nth in range(len(SENTENCES)):
        hands.uncounted(select, nth)
        page.keyboard.press("Enter")
        took.append(fill(hands, nth))
    return took


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_ten_statements_with_two_positions_each_stay_within_the_budget(
    way: str, desk: Desk, ann: User, article_of_ten: Source
) -> None:
    page = desk(ann, bench(article_of_ten), viewport=WIDE)
    took = {"mouse": by_mouse, "keyboard": by_keyboard}[way](page)
    assert [stances for _, stances in as_told()] == expected()
    assert len(took) == 10
    assert max(took) <= BUDGET, took
    said = re.search(rf"{way}: (\d) to (\d)", (Path(settings.BASE_DIR) / "docs" / "editors.md").read_text())
    assert said, "docs/editors.md says what a statement takes"
    assert (min(took), max(took)) == (int(said[1]), int(said[2])), took
