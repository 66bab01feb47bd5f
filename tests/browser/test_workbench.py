"""An article annotated as a person would: by mouse, by keyboard alone, by touch. What is stored is the article's words."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from claims.models import Claim, Statement
from sources.models import Party, Source, Speaker
from tests.browser.annotating import Hands
from tests.browser.conftest import Desk
from tests.browser.selecting import TEXT, WIDE, at, bench, point, source_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(ada: Speaker, valley: Claim) -> Source:
    """The article, a speaker whom it names, and two claims."""
    valley.coding_rule = "When somebody says that Northland goes, or stays. Example: “We go.”"
    valley.save()
    valley.topic.claims.create(slug="toll", label="Road toll", proposition="A toll is paid.", kind="fact", rank=2)
    return source_of(TEXT)


def stored() -> Statement:
    statement = Statement.objects.get()
    for (start, end), exact in zip(statement.spans, statement.exacts, strict=True):
        assert exact == TEXT[start:end]
    return statement


def readings(statement: Statement) -> list[tuple[str, str, str, bool]]:
    rows = statement.positions.order_by("id").values_list("claim__label", "holder__slug", "stance", "ascribed")
    return list(rows)


def test_by_mouse_select_fill_add_adjust_ascribe_submit(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    hands.drag_over("We go in spring")
    form = hands.form
    expect(form.get_by_role("radio", name="Quoted", exact=True)).to_be_checked()
    expect(form.get_by_label("Cue verb")).to_have_value("added")
    expect(form.get_by_label("Speaker", exact=True)).to_have_value("Ada Example")
    expect(form).to_contain_text("Ada Example spoke for Northland, as Spokeswoman, on 2 March 2031")

    hands.drag_over("and not before.")
    page.get_by_role("button", name="Add as passage").click()
    expect(form.locator(".passage")).to_have_count(2)
    end = form.locator(".passage").nth(0).get_by_role("button", name="End")
    end.focus()
    page.keyboard.press("ArrowRight")  # the comma

    form.locator(".position").last.get_by_label("Claim").click()
    hands.claim("leave", "Leave the valley")
    expect(form).to_contain_text("When somebody says that Northland goes")
    form.locator(".position").first.get_by_text("supports", exact=False).first.click()
    form.locator(".position").last.get_by_label("Claim").click()
    hands.claim("toll", "Road toll")
    second = form.locator(".position").nth(1)
    second.get_by_label("Held by").select_option(label="Southland")
    expect(second).to_contain_text("Ascribed: Ada Example (Northland) says this of Southland")
    second.locator('[data-stance="opposes"]').click()
    form.get_by_role("button", name="Save").click()
    hands.saved()

    statement = stored()
    assert statement.exacts == ["We go in spring,", "and not before."]
    assert (statement.kind, statement.cue, statement.speaker.slug, statement.role) == (
        "direct",
        "added",
        "ada-example",
        "Spokeswoman",
    )
    assert readings(statement) == [
        ("Leave the valley", "northland", "supports", False),
        ("Road toll", "southland", "opposes", True),
    ]
    card = page.locator(f"#card-{statement.public_id}")
    expect(card).to_contain_text("ascribed to Southland")
    card.locator(".card-open").click()
    card.get_by_role("button", name="Submit").click()
    expect(card).to_contain_text("submitted")
    statement.refresh_from_db()
    assert statement.state == "submitted"


def test_by_keyboard_alone(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    press = page.keyboard.press
    page.locator("#text").focus()
    for _ in range(3):
        press("Control+ArrowRight")
    press("s")
    press("Enter")
    expect(hands.form.get_by_label("Speaker", exact=True)).to_have_value("Ada Example")
    hands.claim("leave", "Leave the valley")
    press("c")
    page.keyboard.type("if the road is mended")
    press("Escape")
    expect(page.locator("#text")).to_be_focused()
    for _ in range(2):
        press("ArrowDown")
    press("s")
    press("a")
    expect(hands.form.locator(".passage")).to_have_count(2)
    press("Control+Enter")
    hands.saved()
    expect(page.locator("#text")).to_be_focused()
    statement = stored()
    assert len(statement.spans) == 2
    assert statement.positions.get().condition == "if the road is mended"

    press("j")
    card = page.locator(f"#card-{statement.public_id}")
    expect(card).to_be_focused()
    press("Enter")
    expect(hands.form).to_be_visible()
    cue = hands.form.get_by_label("Cue verb")
    cue.fill("told")
    press("Control+Enter")
    hands.saved()
    statement.refresh_from_db()
    assert (statement.cue, statement.version) == ("told", 2)
    press("k")
    card.focus()
    press("m")
    expect(card).to_contain_text("submitted")


def test_by_touch_on_a_phone(desk: Desk, ann: User, story: Source) -> None:
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    page = desk(ann, bench(story), **phone)
    hands = Hands(page)
    page.touchscreen.tap(*point(page, at("Southland", 3)))
    page.evaluate(
        """(span) => { const range = words.rangeOf(span);
        getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset); }""",
        [at("Southland doubts"), at("Southland doubts it.") + 20],
    )
    page.get_by_role("button", name="Annotate").tap()
    form = hands.form
    form.get_by_label("Speaker", exact=True).fill("ada")
    page.get_by_role("option", name="Ada Example").tap()
    claim = form.locator(".position").first
    claim.get_by_label("Claim").fill("leave")
    page.get_by_role("option", name="Leave the valley").tap()
    claim.locator('[data-stance="opposes"]').tap()
    form.get_by_role("button", name="Save").tap()
    hands.saved()
    statement = stored()
    assert (statement.quote, readings(statement)) == (
        "Southland doubts it.",
        [("Leave the valley", "northland", "opposes", False)],
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_missing_speaker_is_made_in_place(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    hands.drag_over("Southland doubts it.")
    speaker = hands.form.get_by_label("Speaker", exact=True)
    speaker.fill("Cy Nobody")
    page.get_by_role("option", name=re.compile("New speaker")).click()
    expect(hands.form.get_by_label("Name", exact=True)).to_have_value("Cy Nobody")
    hands.form.get_by_role("button", name="Add the speaker").click()
    expect(speaker).to_have_value("Cy Nobody")
    expect(hands.form.get_by_role("button", name="Add the speaker")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    hands.saved()
    assert stored().speaker.slug == "cy-nobody"


@pytest.mark.parametrize(("who", "offers"), [("ann", 0), ("cleo", 1)])
def test_a_missing_claim_is_made_in_place_by_who_may(
    who: str, offers: int, desk: Desk, ann: User, cleo: User, story: Source
) -> None:
    page = desk({"ann": ann, "cleo": cleo}[who], bench(story), viewport=WIDE)
    hands = Hands(page)
    hands.drag_over("Northland will leave the valley")
    claim = hands.form.locator(".position").last.get_by_label("Claim")
    claim.fill("Bridges")
    if not offers:
        expect(hands.form.get_by_text("No claim has these words")).to_have_count(1)
        expect(page.get_by_role("option", name=re.compile("New claim"))).to_have_count(0)
        return
    page.get_by_role("option", name=re.compile("New claim")).click()
    hands.form.get_by_label("The claim, as one neutral sentence").fill("Northland mends the bridges.")
    hands.form.get_by_role("button", name="Add the claim").click()
    expect(hands.form.get_by_role("button", name="Add the claim")).to_have_count(0)
    expect(hands.form.locator(".position").first.get_by_label("Claim", exact=True)).to_have_value("Bridges")
    assert Claim.objects.get(slug="bridges").proposition == "Northland mends the bridges."


def test_each_problem_stands_at_its_field_and_the_first_has_the_focus(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport=WIDE)
    hands = Hands(page)
    hands.drag_over("Northland will leave the valley")
    first, second = (hands.form.locator(".position").nth(n) for n in (0, 1))
    claim, holder = first.get_by_label("Claim"), first.get_by_label("Held by")
    claim.fill("leav")
    page.keyboard.press("Control+Enter")
    expect(claim).to_be_focused()
    expect(claim).to_have_attribute("aria-invalid", "true")
    expect(claim).to_have_accessible_description(re.compile("Choose one of the list."))
    claim.fill("leave")
    page.get_by_role("option", name="Leave the valley").click()
    page.keyboard.press("s")
    holder.select_option(label="choose…")
    page.keyboard.press("Control+Enter")
    expect(holder).to_be_focused()
    expect(holder).to_have_accessible_description(re.compile("Choose whose position it is."))
    expect(hands.form.locator("[aria-invalid=true]")).to_have_count(1)

    holder.select_option(label="Northland")
    second.get_by_label("Claim").click()
    hands.claim("leave", "Leave the valley")
    page.keyboard.press("o")
    page.keyboard.press("Control+Enter")
    twice = second.get_by_label("Claim")
    expect(twice).to_have_accessible_description(
        re.compile("This statement has a position of this holder on this claim already.")
    )
    expect(twice).to_be_focused()


def test_the_field_is_in_sight_where_there_is_little_room(desk: Desk, ann: User, story: Source) -> None:
    page = desk(ann, bench(story), viewport={"width": 720, "height": 450})
    hands = Hands(page)
    hands.drag_over("Northland will leave the valley")
    claim = hands.form.locator(".position").last.get_by_label("Claim")
    expect(claim).to_be_focused()
    expect(page.get_by_role("option", name="Leave the valley")).to_be_visible()
    covered = """(field) => {
        const { left, right, top, bottom } = field.getBoundingClientRect();
        return [top + 1, bottom - 1].filter((y) => document.elementFromPoint((left + right) / 2, y) !== field);
    }"""
    assert claim.evaluate(covered) == []


def test_deleting_and_changing_are_undone_and_done_again(desk: Desk, ann: User, story: Source, draft: object) -> None:
    statement = draft(source=story)  # type: ignore[operator]
    page = desk(ann, bench(story), viewport=WIDE)
    Hands(page)
    card = page.locator(f"#card-{statement.public_id}")
    card.locator(".card-open").click()
    page.keyboard.press("x")
    expect(card).to_have_count(0)
    assert not Statement.objects.exists()
    page.keyboard.press("Control+z")
    expect(card).to_be_visible()
    assert Statement.objects.get().public_id == statement.public_id
    page.keyboard.press("Control+Shift+Z")
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(card).to_be_visible()


def test_editors_see_each_other_and_each_others_statements_arrive(
    desk: Desk, ann: User, bob: User, story: Source, southland: Party
) -> None:
    hers, his = (desk(user, bench(story), viewport=WIDE) for user in (ann, bob))
    hands = Hands(hers)
    expect(his.locator("#here")).to_contain_text("ann", timeout=20_000)
    hands.drag_over("Northland will leave the valley")
    hands.form.get_by_label("Cue verb").fill("said")
    hers.keyboard.press("Control+Enter")
    hands.saved()
    card = his.locator(f"#card-{stored().public_id}")
    expect(card).to_be_visible(timeout=20_000)
    expect(card).to_contain_text("ann’s")
    expect(card.get_by_role("button", name="Edit")).to_have_count(0)
    expect(hers.locator("#here")).to_contain_text("bob", timeout=20_000)


def test_a_link_to_a_statement_opens_the_workbench_there(desk: Desk, ann: User, story: Source, draft: object) -> None:
    first, second = (draft(words, source=story) for words in ("Northland will leave", "The talks go on."))  # type: ignore[operator]
    page = desk(ann, f"{bench(story)}?statement={second.public_id}", viewport=WIDE)
    Hands(page)
    expect(page.locator(f"#card-{second.public_id}")).to_be_focused()
    expect(page.locator(f"#card-{first.public_id}")).not_to_be_focused()


def test_every_statement_is_reached_where_several_cover_a_word(
    desk: Desk, ann: User, story: Source, draft: object
) -> None:
    rows = [draft(words, source=story) for words in ("Northland will leave the valley", "leave the valley")]  # type: ignore[operator]
    page = desk(ann, bench(story), viewport=WIDE)
    Hands(page)
    for nth, row in enumerate(reversed(rows)):
        page.mouse.click(*point(page, at("leave the", 2)))
        page.locator("#overlay button").nth(nth).click()
        expect(page.locator(f"#card-{row.public_id}")).to_be_focused()


def serious(page: Page) -> list[str]:
    from tests.browser.test_reader import AXE

    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(
    width: int, scheme: str, desk: Desk, ann: User, story: Source, draft: object, valley: Claim, southland: Party
) -> None:
    positions = [{"claim": valley, "holder": southland, "stance": "opposes"}]
    draft("The talks go on.", source=story, positions=positions)  # type: ignore[operator]
    page = desk(ann, bench(story), viewport={"width": width, "height": 900}, color_scheme=scheme)
    hands = Hands(page)
    assert serious(page) == []
    hands.drag_over("Northland will leave the valley")
    expect(hands.form).to_be_visible()
    hands.form.get_by_text("More: whom for").click()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
