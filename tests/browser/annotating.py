"""An editor's hands at the workbench: what is pressed and clicked is counted, selecting words and typing names apart."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.selecting import START, drag, point

COUNT = """() => {
    window.presses = 0;
    const counted = (event) => event.isTrusted && !event.repeat && window.counting;
    const modifiers = ["Control", "Shift", "Alt", "Meta"];
    addEventListener("keydown", (event) => counted(event) && !modifiers.includes(event.key) && presses++, true);
    addEventListener("mousedown", (event) => counted(event) && presses++, true);
    window.counting = true;
}"""


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(START)
        page.evaluate(COUNT)

    @property
    def form(self) -> Locator:
        return self.page.locator("form.sheet[data-ready]")

    @property
    def text(self) -> str:
        return str(self.page.evaluate("words.text"))

    def uncounted(self, act: object, *arguments: object) -> None:
        """Selecting words and typing names is what the work is; it is not counted."""
        self.page.evaluate("window.counting = false")
        act(*arguments)  # type: ignore[operator]
        self.page.evaluate("window.counting = true")

    def presses(self) -> int:
        """Key presses and clicks since the last time."""
        return int(self.page.evaluate("(() => { const n = presses; presses = 0; return n; })()"))

    def drag_over(self, words: str) -> None:
        start = self.place(words)
        end = start + len(words) - 1
        self.page.evaluate(
            "(cp) => words.rangeOf([cp, cp + 1]).startContainer.parentElement.scrollIntoView({block: 'center'})", start
        )
        self.uncounted(drag, self.page, point(self.page, start, "left"), point(self.page, end, "right"))

    def place(self, words: str) -> int:
        """Where the words begin, in code points."""
        return self.text.index(words)

    def choose(self, field: Locator, typed: str, name: str) -> None:
        """Type part of a name where the focus is, and take the option by Enter."""
        expect(field).to_be_focused()
        self.uncounted(self.page.keyboard.type, typed)
        expect(self.page.get_by_role("option", name=name).first).to_be_visible()
        expect(self.page.locator('[role="option"][aria-selected="true"]')).to_contain_text(name)
        self.page.keyboard.press("Enter")

    def speaker(self, typed: str, name: str) -> None:
        self.choose(self.form.get_by_label("Speaker", exact=True), typed, name)

    def claim(self, typed: str, name: str, nth: int = -1) -> None:
        claims = self.form.locator(".position").nth(nth).get_by_label("Claim")
        self.choose(claims, typed, name)

    def saved(self) -> None:
        expect(self.page.locator("form.sheet")).to_have_count(0)
        expect(self.page.locator("#workbench")).to_have_attribute("data-saved", "all")
