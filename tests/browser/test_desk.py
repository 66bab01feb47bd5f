"""Three people at once: an annotator, a reviewer, and a reader who sees nothing before the reviewer has published."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from claims.models import Alert, Claim, Statement
from sources.models import Source, Speaker
from tests.browser.annotating import Hands
from tests.browser.conftest import Desk, Watched
from tests.browser.selecting import TEXT, WIDE, source_of

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "We go in spring"


@pytest.fixture
def story(ada: Speaker, valley: Claim) -> Source:
    """An article that waits in the queue, a speaker whom it names, and a claim. Nothing of it is public."""
    return source_of(TEXT)


class Reader:
    """Somebody without a log-in, who looks everywhere."""

    def __init__(self, page: Page, source: Source) -> None:
        self.page, self.source = page, source

    def asks(self, path: str) -> Any:
        return self.page.request.get(path)

    def api(self, path: str) -> Any:
        return self.asks(f"/api/v1/{path}").json()

    def words_on(self, path: str) -> str:
        self.page.goto(path)
        return self.page.locator("main").inner_text()

    def sees(self, statement: Statement | None) -> dict[str, Any]:
        """What each place tells of the statement: the matrix, the API, search, feed, permalink, source, speaker, export."""
        [cell] = [cell for cell in self.api("topics/valley-talks/matrix/")["cells"] if cell["party"] == "northland"]
        name = statement.public_id if statement else "222222222222"
        return {
            "matrix": WORDS in self.words_on("/topics/valley-talks/?cell=leave.northland"),
            "cell": (cell["stance"], cell["count"]),
            "home": WORDS in self.words_on("/"),
            "search": self.words_on("/search/?q=spring").count(WORDS),
            "claim": WORDS in self.words_on("/topics/valley-talks/claims/leave/"),
            "permalink": self.asks(f"/statements/{name}/").status,
            "speaker": self.asks("/speakers/ada-example/").status,
            "source": self.asks(f"/sources/{self.source.public_id}/").status,
            "api": [row["id"] for row in self.api("statements/?q=spring")["results"]],
            "api permalink": self.asks(f"/api/v1/statements/{name}/").status,
            "feed": WORDS in self.asks("/feeds/topics/valley-talks.atom").text(),
            "export": len(self.asks("/api/v1/statements/export/?format=jsonl").text().splitlines()),
        }


NOTHING = {
    "matrix": False,
    "cell": (None, 0),
    "home": False,
    "search": 0,
    "claim": False,
    "permalink": 404,
    "speaker": 404,
    "source": 404,
    "api": [],
    "api permalink": 404,
    "feed": False,
    "export": 0,
}


def everything(statement: Statement) -> dict[str, Any]:
    seen = {"matrix": True, "home": True, "search": 1, "claim": True, "feed": True, "export": 1}
    answers = dict.fromkeys(["permalink", "speaker", "source", "api permalink"], 200)
    return {**seen, **answers, "cell": ("supports", 1), "api": [statement.public_id]}


def feed_of(user: User) -> Callable[[Page], list[str]]:
    """The titles of what waits for somebody, as their feed reader has them."""
    path = f"/feeds/desk/{Alert.objects.renew(user=user)}.atom"

    def read(page: Page) -> list[str]:
        body = page.request.get(path).text()
        assert WORDS not in body
        return re.findall("<entry><title>(.*?)</title>", body)

    return read


def annotate(page: Page) -> Statement:
    """Take the next source, select the words, say what they mean, save."""
    page.get_by_role("button", name="Take the next").click()
    hands = Hands(page)
    hands.drag_over(WORDS)
    form = hands.form
    expect(form.get_by_label("Speaker", exact=True)).to_have_value("Ada Example")
    form.locator(".position").last.get_by_label("Claim").click()
    hands.claim("leave", "Leave the valley")
    form.locator(".position").first.locator('[data-stance="opposes"]').click()
    page.keyboard.press("Control+Enter")
    hands.saved()
    return Statement.objects.get()


def submit(page: Page, statement: Statement) -> None:
    card = page.locator(f"#card-{statement.public_id}")
    card.locator(".card-open").click()
    card.get_by_role("button", name="Submit").click()
    expect(card).to_contain_text("submitted")


def test_nothing_is_public_before_the_reviewer_publishes_and_everything_then(
    desk: Desk, watched: Watched, story: Source, ann: User, ray: User
) -> None:
    anns, rays = desk(ann, "/admin/", viewport=WIDE), desk(ray, "/admin/", viewport=WIDE)
    reader = Reader(watched.open("/"), story)
    for_ann, for_ray = feed_of(ann), feed_of(ray)
    assert reader.sees(None) == NOTHING

    statement = annotate(anns)
    assert reader.sees(statement) == NOTHING
    assert for_ray(rays) == []

    submit(anns, statement)
    assert reader.sees(statement) == NOTHING
    assert for_ray(rays) == ["1 statement waiting for your review"]

    rays.reload()
    rays.get_by_role("link", name="Review (1)").click()
    expect(rays.locator("mark")).to_have_text(WORDS)
    rays.keyboard.press("3")
    expect(rays.get_by_label("What is to be mended")).to_be_focused()
    rays.keyboard.type("They go: that is no refusal.")
    rays.keyboard.press("Control+Enter")
    expect(rays.locator(".messagelist")).to_contain_text("Returned")
    assert reader.sees(statement) == NOTHING
    assert (for_ann(anns), for_ray(rays)) == (["1 statement returned to you to be mended"], [])

    anns.goto("/admin/")
    returned = anns.locator("#returned > li")
    expect(returned).to_contain_text("ray, on a position or its holder: They go: that is no refusal.")
    returned.get_by_role("link", name="Mend").click()
    mend(anns, statement)
    submit(anns, statement)
    assert reader.sees(statement) == NOTHING

    rays.goto("/admin/desk/review/")
    expect(rays.get_by_role("heading", name="Since it was returned")).to_be_visible()
    expect(rays.locator("section", has=rays.locator("#mended-heading"))).to_contain_text("supports")
    rays.keyboard.press("p")
    expect(rays.locator(".messagelist")).to_contain_text("Published")
    assert reader.sees(statement) == everything(statement)
    assert (for_ann(anns), for_ray(rays)) == ([], [])
    told = statement.transitions.order_by("id").values_list("name", "by__username")
    assert list(told) == [("submit", "ann"), ("return", "ray"), ("submit", "ann"), ("publish", "ray")]


def mend(page: Page, statement: Statement) -> None:
    """The workbench has opened at the statement: take the other stance, and save."""
    hands = Hands(page)
    card = page.locator(f"#card-{statement.public_id}")
    expect(card).to_contain_text("To be mended: They go: that is no refusal.")
    card.get_by_role("button", name="Edit").click()
    hands.form.locator(".position").first.locator('[data-stance="supports"]').click()
    page.keyboard.press("Control+Enter")
    hands.saved()


def test_a_correction_and_a_withdrawal_are_told_on_the_permalink(
    desk: Desk, watched: Watched, published: Any, valley: Claim, story: Source, ray: User
) -> None:
    position = {"claim": valley, "holder": valley.topic.parties.get(slug="northland"), "stance": "supports"}
    statement = published(WORDS, source=story, positions=[position], cue="added")
    reader = Reader(watched.open("/"), story)
    permalink = f"/statements/{statement.public_id}/"
    assert "What changed" not in reader.words_on(permalink)

    rays = desk(ray, f"/admin/claims/statement/{statement.pk}/change/", viewport=WIDE)
    rays.get_by_role("link", name="Correct…").click()
    rays.get_by_label("Cue").fill("told")
    rays.get_by_label("Public note").fill("The verb was another.")
    rays.get_by_role("button", name="Save").click()
    expect(rays.locator(".messagelist")).to_contain_text("corrected")
    told = reader.words_on(permalink)
    assert "Changed since it was published" in told
    assert "The verb was another." in told
    changes = reader.page.locator(".changes")
    expect(changes.locator("del")).to_have_text("added")
    expect(changes.locator("ins")).to_have_text("told")
    assert reader.sees(statement) == everything(statement)

    rays.get_by_label("Reason").fill("The words are another speaker’s.")
    rays.get_by_role("button", name="Withdraw").click()
    expect(rays.locator(".messagelist")).to_contain_text("withdrawn")
    told = reader.words_on(permalink)
    assert "Withdrawn on" in told
    assert "The words are another speaker’s." in told
    assert "The verb was another." in told
    gone = {"permalink": 200, "api permalink": 200, "speaker": 200, "source": 200}
    assert reader.sees(statement) == {**NOTHING, **gone}
    corrections = reader.api(f"statements/{statement.public_id}/")["corrections"]
    assert [row["note"] for row in corrections] == ["The verb was another.", "The words are another speaker’s."]
