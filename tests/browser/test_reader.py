"""What a reader does, from the topic to the words and back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from claims.models import Statement, Topic
from tests.browser.conftest import Watched

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(__file__).parent / "axe.min.js"
TOPIC = "/topics/gaza-ceasefire-talks/"
WITHDRAWAL = "#cell-full-withdrawal\\.israel"


@pytest.fixture
def corpus(transactional_db: None) -> Topic:
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    return Topic.objects.get()


def open_cell(page: Page, cell: str = WITHDRAWAL) -> None:
    page.locator(cell).locator("a.flag").click()
    expect(page.locator("#evidence-title")).to_be_visible()


def test_from_the_front_page_to_the_words_in_their_source(corpus: Topic, watched: Watched) -> None:
    page = watched.open("/", viewport={"width": 1440, "height": 900})
    page.get_by_role("link", name=corpus.title).first.click()
    page.get_by_label("Date", exact=True).fill("2024-05-05")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile("on=2024-05-05"))
    cell = page.locator(WITHDRAWAL)
    expect(cell).to_contain_text("opposes")
    expect(cell).to_contain_text("Benjamin Netanyahu")

    open_cell(page)
    assert "cell=full-withdrawal.israel" in page.url
    expect(page.locator("#evidence-title")).to_be_focused()
    evidence = page.locator("#evidence")
    expect(evidence).to_contain_text("The State of Israel cannot accept these terms")
    evidence.get_by_role("link", name="Permalink").first.click()
    page.wait_for_url(re.compile("/statements/"))
    statement = Statement.objects.get(public_id=page.url.rstrip("/").split("/")[-1])
    for words in statement.exacts:
        expect(page.locator("main")).to_contain_text(words)

    page.get_by_role("link", name=re.compile("in its source|in the source", re.I)).first.click()
    page.wait_for_url(re.compile("/sources/"))
    marked = "".join(page.locator("mark, .marked").all_inner_texts())
    for words in statement.exacts:
        assert words in marked


def test_the_panel_opens_and_closes_by_keyboard_and_keeps_the_place(corpus: Topic, watched: Watched) -> None:
    page = watched.open(f"{TOPIC}?on=2024-05-05", viewport={"width": 1440, "height": 900})
    link = page.locator(WITHDRAWAL).locator("a.flag")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#evidence-title")).to_have_count(0)
    expect(link).to_be_focused()
    page.go_back()
    expect(page.locator("#evidence-title")).to_be_visible()


def test_a_cell_changes_as_the_date_moves_back(corpus: Topic, watched: Watched) -> None:
    page = watched.open(TOPIC, viewport={"width": 1440, "height": 900})
    cell = page.locator("#cell-hamas-approval-6-may\\.hamas")
    expect(cell).to_contain_text("affirms")
    page.get_by_label("Date", exact=True).fill("2024-05-05")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(cell).to_contain_text("silent")
    page.get_by_role("button", name="Later change").click()
    expect(cell).to_contain_text("affirms")
    assert "on=2024-05-06" in page.url


def test_the_mediators_unfold_into_their_members_and_fold_in(corpus: Topic, watched: Watched) -> None:
    page = watched.open(f"{TOPIC}?on=2024-06-15", viewport={"width": 1440, "height": 900})
    heads = page.get_by_role("columnheader", name="Qatar")
    expect(page.locator("#cell-mediated-talks\\.qatar")).to_have_count(0)
    page.locator("a.toggle").click()
    expect(page.locator("#cell-mediated-talks\\.qatar")).to_be_visible()
    expect(heads.first).to_be_visible()
    page.locator("a.toggle").click()
    expect(page.locator("#cell-mediated-talks\\.qatar")).to_have_count(0)


def test_everything_is_there_without_javascript(corpus: Topic, watched: Watched) -> None:
    page = watched.open(f"{TOPIC}?on=2024-05-05", java_script_enabled=False)
    page.locator(WITHDRAWAL).locator("a.flag").click()
    expect(page.locator("#evidence")).to_contain_text("cannot accept these terms")
    page.get_by_role("button", name="Earlier change").click()
    assert "on=2024-05-05" not in page.url
    watched.pages.remove(page)  # nothing listens in it
    page.context.close()


PAGES = [
    "/",
    TOPIC,
    f"{TOPIC}?on=2024-05-05&cell=full-withdrawal.israel",
    f"{TOPIC}claims/full-withdrawal/",
    "/search/?q=withdrawal",
]
PAGES += ["/parties/hamas/", "/speakers/benjamin-netanyahu/", "statement", "source"]


def path_of(page: str) -> str:
    statement = Statement.objects.select_related("source").get(external_id="03-09")
    return {
        "statement": f"/statements/{statement.public_id}/",
        "source": f"/sources/{statement.source.public_id}/",
    }.get(page, page)


def test_a_phone_scrolls_down_only(corpus: Topic, watched: Watched) -> None:
    page = watched.open("/", viewport={"width": 360, "height": 740})
    too_wide = []
    for path in PAGES:
        page.goto(path_of(path))
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            too_wide.append(path)
    assert too_wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_serious(width: int, scheme: str, corpus: Topic, watched: Watched) -> None:
    page = watched.open("/", viewport={"width": width, "height": 900}, color_scheme=scheme)
    serious = []
    for path in PAGES:
        page.goto(path_of(path))
        page.evaluate(AXE.read_text())
        for violation in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
            if violation["impact"] in ("serious", "critical"):
                node = violation["nodes"][0]
                serious.append((path, violation["id"], node["html"][:120], node["failureSummary"][:300]))
    assert serious == []


def test_the_matrix_prints_whole_with_its_date_and_without_the_controls(corpus: Topic, watched: Watched) -> None:
    page = watched.open(f"{TOPIC}?on=2024-05-05", viewport={"width": 1440, "height": 900})
    page.emulate_media(media="print")
    expect(page.locator(".print-foot")).to_be_visible()
    expect(page.locator(".print-foot")).to_contain_text("5 May 2024")
    expect(page.locator("#show")).to_be_hidden()
    expect(page.locator(WITHDRAWAL)).to_contain_text("opposes")
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")
