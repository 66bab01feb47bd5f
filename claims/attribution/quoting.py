"""Where quotation marks open and close in a text, in any of the shapes in which they are written."""

from claims.anchors import Span

CLOSERS = {
    "“": "”“",  # German and others close with the mark that opens in English
    "”": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "‘": "’‘",
    "‚": "‘’",
    "「": "」",
    "『": "』",
    '"': '"',
    "'": "'",
}
SINGLE = set("‘’‚'")
MARKS = set(CLOSERS) | {mark for closers in CLOSERS.values() for mark in closers}
ASIAN = set("「」『』")
WRITTEN_ON = set("ובכלהמשפ" + "وفبلك")  # Hebrew and Arabic letters that join the word after them, also before a mark


def quotations(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The quotations in a paragraph with their marks, inner ones too. One that is never closed runs to its end."""
    end = len(text) if end is None else end
    found: list[Span] = []
    open_marks: list[tuple[str, int]] = []
    for at in range(start, end):
        mark = text[at]
        if mark not in MARKS or _inside_a_word(text, at):
            continue
        depth = _closed_by(open_marks, text, at)
        if depth is not None:
            found.append((open_marks[depth][1], at + 1))
            del open_marks[depth:]
        elif mark in CLOSERS and _may_open(text, at):
            open_marks.append((mark, at))
    found += [(at, end) for mark, at in open_marks if mark not in SINGLE]
    return sorted(found)


def _closed_by(open_marks: list[tuple[str, int]], text: str, at: int) -> int | None:
    """Which of the open marks, the innermost first, this one closes."""
    mark = text[at]
    both_ways = mark in CLOSERS and mark not in "\"'"
    if both_ways and _letter(text, at + 1):
        return None  # it opens another one, within the first
    if mark in "'’" and (_letter(text, at + 1) or not text[at - 1 : at].strip()):
        return None
    for depth in range(len(open_marks) - 1, -1, -1):
        if mark in CLOSERS[open_marks[depth][0]]:
            return depth
    return None


def _may_open(text: str, at: int) -> bool:
    mark, before = text[at], text[at - 1 : at] if at else ""
    if mark in ASIAN:
        return True
    if mark in "”»›'\"‘" and before and (before.isdigit() or (before.isalpha() and before not in WRITTEN_ON)):
        return False  # an inch, a plural's apostrophe, a stray closing mark
    return bool(text[at + 1 : at + 2].strip()) or mark == "«"  # French sets a space after it


def _inside_a_word(text: str, at: int) -> bool:
    """An apostrophe (“we’ve”), or gershayim (צה"ל): not a mark of quotation."""
    mark = text[at]
    if mark not in "'’‘\"”“" or not (_letter(text, at - 1) and _letter(text, at + 1)):
        return False
    if mark in "'’‘":
        return True
    first = at
    while first and text[first - 1].isalpha():
        first -= 1
    joined = set(text[first:at]) <= WRITTEN_ON and _letter(text, at + 2)  # ב"הארץ" opens a quotation, ש"ס does not
    return (not joined and mark == '"') or (not joined and "\u0590" <= text[at - 1] <= "\u05ff")


def _letter(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()
