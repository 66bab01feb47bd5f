"""An article in several scripts at the workbench, and the hands that select in it."""

from typing import Any

from playwright.sync_api import Page

from sources.models import Publisher, Source

WIDE = {"width": 1280, "height": 900}

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAGS = "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea"
TEXT = (
    "Northland will leave the valley, said Ada Example. “We go in spring,” she added, “and not before.” "
    "Southland doubts it.\n\n"
    f"The crowd waved {FLAGS} and cheered {FAMILY} as one: e\u0301tude, नमस्ते दुनिया, don’t ‘say’ that.\n\n"
    "قال المتحدث باسم الوادي: «لن نقبل بذلك» أمس.\n\n"
    'אמר הדובר של העמק: "לא נסכים לכך" אתמול.\n\n'
    "The talks go on."
)

# Polled here and not by Playwright, whose own wait for a condition evaluates a string, which the CSP forbids.
WAIT = """
    const until = (look) => new Promise((answer, fail) => {
        const latest = performance.now() + 15_000;
        const again = () => {
            const found = look();
            if (found) answer(found);
            else if (performance.now() > latest) fail(new Error("It did not come: " + look));
            else requestAnimationFrame(again);
        };
        again();
    });
"""

START = f"""async () => {{
    {WAIT}
    await until(() => "ready" in document.getElementById("workbench").dataset);
    const {{ Words }} = await import("/static/js/workbench/text.js");
    window.words = new Words(document.getElementById("text"));
    window.told = [];
    for (const name of ["words:selected", "words:clicked"]) document.addEventListener(name, ({{ detail }}) => {{
        const selection = getSelection();
        told.push({{ name, ...detail, shown: selection.rangeCount ? selection.getRangeAt(0).toString() : "" }});
    }}, true);
}}"""

TOLD = f"""async ([name, final]) => {{
    {WAIT}
    const found = () => told.filter((one) => one.name === name && (!("final" in one) || one.final === final));
    await until(() => found().length);
    return found();
}}"""


def source_of(text: str) -> Source:
    gazette, _ = Publisher.objects.get_or_create(name="The Gazette", slug="gazette")
    source = Source.objects.create(title="Valley talks open", publisher=gazette, published_on="2031-03-02")
    source.add_revision(text)
    return source


def bench(source: Source) -> str:
    return f"/admin/sources/source/{source.pk}/annotate/"


def at(words: str, nth: int = 0) -> int:
    """Where some words begin in TEXT; the nth of their characters."""
    return TEXT.index(words) + nth


def point(page: Page, cp: int, side: str = "middle") -> tuple[float, float]:
    """On the screen: in the middle of a character, or just within its left or right edge."""
    box = page.evaluate("(cp) => words.rangeOf([cp, cp + 1]).getClientRects()[0].toJSON()", cp)
    x = {"left": box["left"] + 1, "middle": (box["left"] + box["right"]) / 2, "right": box["right"] - 1}[side]
    return x, (box["top"] + box["bottom"]) / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def told(page: Page, name: str = "words:selected", *, final: bool = True) -> list[dict[str, Any]]:
    """The events of this name so far; waits for the first."""
    events: list[dict[str, Any]] = page.evaluate(TOLD, [name, final])
    return events
