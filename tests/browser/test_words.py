"""The words that an editor selects, in any script and by any hand, are those that the database cuts."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from claims.anchors import locate
from claims.models import Statement
from sources.models import Publisher, Source, Speaker
from tests.browser.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)

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

# What makes counting hard: outside the plane that UTF-16 covers in one unit, joined, combining, right to left, unseen.
PIECES = [
    *("Northland", " said ", "it would. ", "’s", "“", "”", "‘", "’", "«\u00a0", "\u00a0»", '"', "„", " — ", "(", "). "),
    *("\U0001f600", FAMILY, "\U0001f44d\U0001f3fd", FLAGS, "\U0001f1eb", "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001d54f"),
    *("e\u0301", "a\u0323\u0302", "\u0301", "Z\u0336\u0353\u0310", "한국어", "\u1112\u1161\u11ab", "नमस्ते", "क्षि", "ไทยแลนด์"),
    *("قَالَ", "لا ", "متحدث", "شָלוֹם", "ארה\"ב ", "אמר ", "\u200f", "\u200e", "\u202b", "\u202c", "\u2067", "\u2069"),
    *("co\u00adoperate", "\u00ad", "\u00a0", "\u202f", "\u200b", "\ufeff", "\u2028", "\u2029", "\u0085", "\t", "  ", "中文。", "\U00020000"),
]  # fmt: skip
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=6)
paragraphs = st.lists(st.sampled_from(PIECES) | anything, min_size=8, max_size=24).map(lambda parts: "x" + "".join(parts))
texts = st.lists(st.tuples(paragraphs, st.sampled_from(["\n\n", "\n", "\n \n", "\n\t\n\n"])), min_size=2, max_size=5).map(
    lambda parts: "".join(piece for paragraph in parts for piece in paragraph)
)
# How the DOM names an end of a selection, and how far along in the text it is.
ends = st.tuples(st.sampled_from(["text", "text", "text", "paragraph", "root", "before", "after"]), st.floats(0, 1))
draws = st.lists(st.tuples(ends, ends), min_size=80, max_size=80)

START = """async () => {
    const { Words } = await import("/static/js/workbench/text.js");
    window.words = new Words(document.getElementById("text"));
    window.told = [];
    for (const name of ["words:selected", "words:clicked"]) document.addEventListener(name, ({ detail }) => {
        const selection = getSelection();
        told.push({ name, ...detail, shown: selection.rangeCount ? selection.getRangeAt(0).toString() : "" });
    }, true);
}"""

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

RECORD = """async ([values, keys, found]) => {
    const { base, token } = document.getElementById("workbench").dataset;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const ids = [];
    for (const [nth, { span, shown }] of found.entries()) {
        const body = JSON.stringify({ key: keys[nth], values: { ...values, spans: [span], exacts: [shown] } });
        const answer = await fetch(`${base}statements/`, { method: "POST", headers, body });
        ids.push(answer.ok ? (await answer.json()).id : `${answer.status} ${await answer.text()}`);
    }
    return ids;
}"""


def source_of(text: str) -> Source:
    gazette, _ = Publisher.objects.get_or_create(name="The Gazette", slug="gazette")
    source = Source.objects.create(title="Valley talks open", publisher=gazette, published_on="2031-03-02")
    source.add_revision(text)
    return source


def bench(source: Source) -> str:
    return f"/admin/sources/source/{source.pk}/annotate/"


@pytest.fixture
def page(desk: Desk, ann: User) -> Page:
    """The workbench with TEXT, its events listened to."""
    page = desk(ann, bench(source_of(TEXT)), viewport=WIDE)
    page.evaluate(START)
    return page


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
        keys = [str(uuid.uuid4()) for _ in found]
        ids = page.evaluate(RECORD, [values, keys, found])
        cut = dict(Statement.objects.filter(public_id__in=ids).values_list("public_id", "exacts"))
        assert [cut.get(each, each) for each in ids] == [[text[slice(*one["span"])]] for one in found]
        compared += len(found)

    hold()
    assert compared >= 500
