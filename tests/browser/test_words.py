"""The words that an editor selects, in any script and by any hand, are those that the database cuts."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from claims.models import Statement
from sources.models import Speaker
from tests.browser.conftest import Desk
from tests.browser.selecting import FAMILY, FLAGS, START, TEXT, WIDE, at, bench, drag, point, source_of, told

pytestmark = pytest.mark.django_db(transaction=True)

# What makes counting hard: outside the plane that UTF-16 covers in one unit, joined, combining, right to left, unseen.
PIECES = [
    *("Northland", " said ", "it would. ", "’s", "“", "”", "‘", "’", "«\u00a0", "\u00a0»", '"', "„", " — ", "(", "). "),
    *("\U0001f600", FAMILY, "\U0001f44d\U0001f3fd", FLAGS, "\U0001f1eb", "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001d54f"),
    *("e\u0301", "a\u0323\u0302", "\u0301", "Z\u0336\u0353\u0310", "한국어", "\u1112\u1161\u11ab", "नमस्ते", "क्षि", "ไทยแลนด์"),
    *("قَالَ", "لا ", "متحدث", "شָלוֹם", "ארה\"ב ", "אמר ", "\u200f", "\u200e", "\u202b", "\u202c", "\u2067", "\u2069"),
    *("co\u00adoperate", "\u00ad", "\u00a0", "\u202f", "\u200b", "\ufeff", "\u2028", "\u2029", "\u0085", "\t"),
    *("  ", "中文。", "\U00020000"),
]  # fmt: skip
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=6)
paragraphs = st.lists(st.sampled_from(PIECES) | anything, min_size=8, max_size=24).map(
    lambda parts: "x" + "".join(parts)
)
texts = st.lists(
    st.tuples(paragraphs, st.sampled_from(["\n\n", "\n", "\n \n", "\n\t\n\n"])), min_size=2, max_size=5
).map(lambda parts: "".join(piece for paragraph in parts for piece in paragraph))
# How the DOM names an end of a selection, and how far along in the text it is.
ends = st.tuples(st.sampled_from(["text", "text", "text", "paragraph", "root", "before", "after"]), st.floats(0, 1))
draws = st.lists(st.tuples(ends, ends), min_size=100, max_size=100)

# Select each pair of ends, settle it, select that, and tell what is then selected.
SELECT = """(draws) => {
    const root = document.getElementById("text");
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    const nth = (list, along) => Math.min(Math.floor(along * (list + 1)), list);
    function place([kind, along]) {
        if (kind === "before") return [document.getElementById("bench-head"), 0];
        if (kind === "after") return [document.getElementById("rail"), 0];
        if (kind === "root") return [root, nth(root.childNodes.length, along)];
        if (kind === "paragraph") {
            const paragraph = root.children[nth(root.children.length - 1, along)];
            return [paragraph, nth(paragraph.childNodes.length, (along * 7) % 1)];
        }
        let unit = nth(root.textContent.length, along);
        for (const node of nodes) {
            if (unit <= node.length) return [node, unit];
            unit -= node.length;
        }
    }
    const selection = getSelection();
    return draws.map(([anchor, focus]) => {
        selection.setBaseAndExtent(...place(anchor), ...place(focus));
        const span = words.settle(words.spanOf(selection.getRangeAt(0)));
        if (!span) return null;
        const range = words.rangeOf(span);
        selection.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
        return { span, again: words.settle(span), back: words.spanOf(selection.getRangeAt(0)),
                 shown: selection.getRangeAt(0).toString(), exact: words.exact(span) };
    });
}"""

RECORD = """async ([values, keys, statements]) => {
    const { base, token } = document.getElementById("workbench").dataset;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const ids = [];
    for (const [nth, { spans, exacts }] of statements.entries()) {
        const body = JSON.stringify({ key: keys[nth], values: { ...values, spans, exacts } });
        const answer = await fetch(`${base}statements/`, { method: "POST", headers, body });
        ids.push(answer.ok ? (await answer.json()).id : `${answer.status} ${await answer.text()}`);
    }
    return ids;
}"""


def side_by_side(shown: dict[tuple[int, int], str]) -> list[dict[str, list[Any]]]:
    """As few statements as hold all of these passages, none over another in one statement."""
    statements: list[dict[str, list[Any]]] = []
    for span, words in sorted(shown.items()):
        free = next((one for one in statements if one["spans"][-1][1] <= span[0]), None)
        if free is None:
            statements.append(free := {"spans": [], "exacts": []})
        free["spans"].append(span)
        free["exacts"].append(words)
    return statements


# Any two ends that a browser may give


def test_what_the_browser_selects_is_what_the_database_cuts(desk: Desk, ann: User, ada: Speaker) -> None:
    page = desk(ann, "/admin/", viewport=WIDE)
    values = {"kind": "direct", "speaker": {"id": ada.pk}, "said_on": "2031-03-02", "positions": [], "via": []}
    compared = 0

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts, draws)
    def hold(text: str, drawn: list[Any]) -> None:
        nonlocal compared
        page.goto(bench(source_of(text)))
        page.evaluate(START)
        assert page.evaluate("words.text") == text
        found = [one for one in page.evaluate(SELECT, drawn) if one]
        for one in found:
            start, end = one["span"]
            assert one["shown"] == one["exact"] == text[start:end]
            assert one["again"] == one["back"] == one["span"]
            assert text[start:end].strip()
        statements = side_by_side({tuple(one["span"]): one["shown"] for one in found})
        keys = [str(uuid.uuid4()) for _ in statements]
        ids = page.evaluate(RECORD, [values, keys, statements])
        cut = dict(Statement.objects.filter(public_id__in=ids).values_list("public_id", "exacts"))
        wanted = [[text[start:end] for start, end in statement["spans"]] for statement in statements]
        assert [cut.get(each, each) for each in ids] == wanted
        compared += len(found)

    hold()
    assert compared >= 500


@pytest.fixture
def page(desk: Desk, ann: User) -> Page:
    """The workbench with TEXT, its events listened to."""
    page = desk(ann, bench(source_of(TEXT)), viewport=WIDE)
    page.evaluate(START)
    return page


# By mouse


GESTURES: dict[str, tuple[Any, str]] = {
    "a drag": (
        lambda page: drag(page, point(page, at("will leave"), "left"), point(page, at("valley", 5), "right")),
        "will leave the valley",
    ),
    "a drag backwards, with the quotation marks and the spaces around them": (
        lambda page: drag(page, point(page, at(" she added"), "right"), point(page, at(" “We go"), "left")),
        "We go in spring,",
    ),
    "a double click": (lambda page: page.mouse.dblclick(*point(page, at("valley", 2))), "valley"),
    "a double click on the far half of an Arabic word's last letter": (
        lambda page: page.mouse.dblclick(*point(page, at("لن", 1), "left")),
        "لن",
    ),
    "a double click on the far half of a Hebrew word's last letter": (
        lambda page: page.mouse.dblclick(*point(page, at("נסכים", 4), "left")),
        "נסכים",
    ),
    "a triple click": (lambda page: page.mouse.click(*point(page, 5), click_count=3, delay=20), TEXT.split("\n\n")[0]),
    "a triple click on the last paragraph": (
        lambda page: page.mouse.click(*point(page, at("The talks")), click_count=3, delay=20),
        "The talks go on.",
    ),
    "a drag past the end": (
        lambda page: drag(page, point(page, at("talks go"), "left"), (900, 850)),
        "talks go on.",
    ),
    "a drag from above the text": (
        lambda page: drag(page, (40, page.locator("#text-help").bounding_box()["y"] + 3), point(page, 8, "right")),
        "Northland",
    ),
    "a drag over three paragraphs, ended in the space below one": (
        lambda page: drag(page, point(page, at("Southland"), "left"), point(page, at("متحدث"), "left")),
        TEXT[at("Southland") : at("متحدث") + 1],
    ),
    "a click and a click with Shift": (
        lambda page: (
            page.mouse.click(*point(page, at("crowd"), "left")),
            page.keyboard.down("Shift"),
            page.mouse.click(*point(page, at("waved", 4), "right")),
            page.keyboard.up("Shift"),
        ),
        "crowd waved",
    ),
    "a drag over a cluster's joined code points": (
        lambda page: drag(page, point(page, at(FAMILY), "left"), point(page, at(" as one"), "right")),
        FAMILY,
    ),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_selecting_by_mouse_takes_the_words_that_are_meant_and_once(page: Page, gesture: str) -> None:
    act, words = GESTURES[gesture]
    act(page)
    [selected] = told(page)
    start, end = selected["span"]
    assert TEXT[start:end] == selected["shown"] == words
    assert selected["by"] == "mouse"
    passage = page.locator(".passage-words")
    expect(passage).to_have_count(1)
    assert passage.text_content() == words
    assert len(told(page)) == 1


def test_a_press_beside_the_text_does_not_select_its_words_again(page: Page) -> None:
    page.locator("#text").focus()
    page.keyboard.press("Shift+Control+ArrowRight")
    assert told(page, final=False)[-1]["shown"] == "Northland"
    box = page.locator("#show-keys").bounding_box()
    assert box
    drag(page, (box["x"] + 5, box["y"] + 5), (box["x"] + 25, box["y"] + 10))
    expect(page.locator("#keys")).to_be_visible()
    assert page.evaluate("told.filter((one) => one.final)") == []


# By keyboard


def focus(page: Page, words: str) -> None:
    """The caret before some words of TEXT's first or second paragraph, by keyboard alone."""
    page.locator("#text").focus()
    page.keyboard.press("Control+Home")
    start = 0
    if at(words) > at("The crowd"):
        page.keyboard.press("Control+ArrowDown")
        start = at("The crowd")
    for _ in range(at(words) - start):
        page.keyboard.press("ArrowRight")


def test_shift_and_arrows_take_whole_emoji(page: Page) -> None:
    focus(page, FLAGS)
    shown = []
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
        shown.append(told(page, final=False)[-1]["shown"])
    assert shown == [FLAGS[:2], FLAGS]
    for _ in " and cheered ":
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".caret-said")).to_contain_text("Selected:")
    page.keyboard.press("Enter")
    [selected] = told(page)
    start, end = selected["span"]
    assert TEXT[start:end] == selected["shown"] == f"{FLAGS} and cheered {FAMILY}"
    assert page.locator(".passage-words").text_content() == selected["shown"]


def test_s_takes_the_sentence_and_the_next_and_q_the_quotation(page: Page) -> None:
    focus(page, "will leave")
    page.keyboard.press("s")
    assert told(page, final=False)[-1]["shown"] == "Northland will leave the valley, said Ada Example."
    page.keyboard.press("s")
    assert told(page, final=False)[-1]["shown"] == TEXT[: at(" Southland doubts")]
    focus(page, "go in spring")
    page.keyboard.press("q")
    assert told(page, final=False)[-1]["shown"] == "We go in spring,"
    page.keyboard.press("Enter")
    assert told(page)[-1]["span"] == [at("We go"), at("” she")]


def test_letters_that_are_switched_off_do_nothing(page: Page) -> None:
    page.locator("#show-keys").click()
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    focus(page, "will leave")
    page.keyboard.press("s")
    page.keyboard.press("q")
    page.keyboard.press("Shift+ArrowRight")
    assert [one["shown"] for one in told(page, final=False)] == ["w"]


def test_the_caret_reaches_every_paragraph_and_never_leaves_them(page: Page) -> None:
    where = """() => {
        const { focusNode, focusOffset } = getSelection();
        const paragraph = focusNode.parentElement.closest("#text > p");
        return paragraph && [[...words.root.children].indexOf(paragraph), words.codePointAt(focusNode, focusOffset)];
    }"""
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    assert page.evaluate(where) == [4, len(TEXT)]
    for _ in TEXT:  # left in a paragraph that runs left to right is back
        page.keyboard.press("ArrowLeft")
        if page.evaluate(where)[0] == 3:
            break
    assert page.evaluate(where) == [3, at("\n\nThe talks")]
    for _ in TEXT:  # and in those that run right to left, right is
        page.keyboard.press("ArrowRight")
        if page.evaluate(where)[0] == 1:
            break
    assert page.evaluate(where) == [1, at("\n\nقال")]
    page.keyboard.press("Control+Home")
    seen = [page.evaluate(where)[0]]
    for _ in range(12):
        page.keyboard.press("ArrowDown")
        seen.append(page.evaluate(where)[0])
    assert sorted(set(seen)) == [0, 1, 2, 3, 4]
    assert seen == sorted(seen)


# What `q` and `s` take, the caret standing at |

QUOTATIONS = {
    "She said: “We go in |spring.”": "We go in spring.",
    "|“We go,” she said.": "We go,",
    "He said: “They told us ‘not |now’, twice.”": "not now",
    "He said: “They told us ‘not now’, |twice.”": "They told us ‘not now’, twice.",
    "It’s the ministers’ |plan, isn’t it?": None,
    "He said, 'We don't |go', and went.": "We don't go",
    'He said, "We |go", and "we stay".': "We go",
    'He said, "We go", and| "we stay".': None,
    "Sie sagte: „Wir |gehen.“ Und ging.": "Wir gehen.",
    "Sie sagte: „Wir ‚bald‘ |gehen.“ Und ging.": "Wir ‚bald‘ gehen.",
    "Sie sagte: »Wir |gehen.« Und ging.": "Wir gehen.",
    "Elle dit : «\u00a0Nous |partons.\u00a0» Puis rien.": "Nous partons.",
    "Hon sade: ”Vi |går.” Och gick.": "Vi går.",
    "قال: «لن نقبل |بذلك» أمس.": "لن نقبل بذلك",
    'צה"ל הודיע ל"הארץ |היום" על כך.': "הארץ היום",
    'הודיע |צה"ל על כך.': None,
    "他说：“我们|走。”然后走了。": "我们走。",
    "彼は「もう|行く」と言った。": "もう行く",
    "“The first of |several paragraphs.": "The first of several paragraphs.",
}
SENTENCES = {
    "It rains. They |go. It stops.": "They go.",
    "Then Mr. Example of the U.S. State |Department went. Nobody saw.": "Then Mr. Example of the U.S. State Department went.",
    "Gen. A. Example |spoke.": "Gen. A. Example spoke.",
    "It rains. “Will you go?” |he asked. No.": "“Will you go?” he asked.",
    "قال المتحدث: لن نقبل. ثم |ذهب.": "ثم ذهب.",
    "他走了。她|留下。": "她留下。",
    "The last one|": "The last one",
}
SETTLED = {
    " | “We go,” | she said.": "We go,",
    "|“We go,” she said, “and soon.”|": "“We go,” she said, “and soon.”",
    "|“Not ‘now’”|": "Not ‘now’",
    "|‘We don’t go’|": "We don’t go",
    "«|\u00a0Nous partons.\u00a0|»": "Nous partons.",
    "|»Wir gehen.«|": "Wir gehen.",
    "she said |“We go| now”": "“We go",
    "“|‘Now’|”": "‘Now’",
    "«\u00a0|‹Non›|\u00a0»": "‹Non›",
    "\u00a0|\u2003\u200b\t|\u00ad.": None,
}


@pytest.mark.parametrize(("verb", "table"), [("quotation", QUOTATIONS), ("sentence", SENTENCES), ("settle", SETTLED)])
def test_marks_and_sentences_are_read_as_each_language_writes_them(
    desk: Desk, ann: User, verb: str, table: dict[str, str | None]
) -> None:
    text = "\n\n".join(line.replace("|", "") for line in table)
    page = desk(ann, bench(source_of(text)), viewport=WIDE)
    page.evaluate(START)
    found, start = {}, 0
    for line in table:
        first, *rest = line.split("|")
        cp = start + len(first)
        asked = [cp, cp + len(rest[0])] if verb == "settle" else cp
        span = page.evaluate(f"([asked]) => words.{verb}(asked)", [asked])
        found[line] = span and text[slice(*span)]
        start += len(line.replace("|", "")) + 2
    assert found == table
