"""The matrix as markup. Cells are written here, not in a template: a template costs ten times as much per cell."""

import datetime
from collections.abc import Iterable
from html import escape as esc  # cheaper than Django’s own, and nothing here is safe beforehand
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from claims.anchors import shorten
from claims.comparison import Cell
from claims.templatetags.stance import SILENT, WORDS, day, sign, words

CELL_WORDS = 240  # characters: more than four lines of a cell can show, and far less than the longest quotation


def cell_key(cell: Cell) -> str:
    """`full-withdrawal.israel`: the cell in a query string and, after `cell-`, in an anchor."""
    return f"{cell.claim.slug}.{cell.party.slug}"


def counted(number: int, noun: str = "statement") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def row_markup(
    cells: Iterable[Cell], state: dict[str, str], *, fresh: datetime.date | None = None, ascribed: bool = True
) -> SafeString:
    """The cells of one row. `state` is the rest of the query string; `fresh` the day whose words are marked as new."""
    query = esc("?" + urlencode({**state, "cell": ""}, safe=","))  # slugs need no quoting
    return mark_safe("".join(_cell(cell, query, fresh, ascribed) for cell in cells))  # noqa: S308 every part is escaped


def _cell(cell: Cell, query: str, fresh: datetime.date | None, ascribed: bool) -> str:
    kind, stance, key = cell.claim.kind, cell.stance or SILENT, cell_key(cell)
    parts = [f'<p class="cell-party" aria-hidden="true">{esc(cell.party.short_name)}</p>', _flag(cell, query + key)]
    if cell.latest:
        parts.append(_newest(cell, fresh))
    else:
        parts.append('<p class="nothing">Nothing of its own on record</p>')
    if cell.was:
        parts.append(f'<p class="mark">{sign("shifted")} shifted <span>(was: {WORDS[kind][cell.was]})</span></p>')
    if cell.contested:
        parts.append(f'<p class="mark">{sign("contested")} contested within 30 days</p>')
    if ascribed:
        parts.extend(_ascribed(cell))
    return f'<td role="cell" class="cell cell-{stance}" id="cell-{key}">{"".join(parts)}</td>'


def _flag(cell: Cell, query: str) -> str:
    """The stance, which is also the one link of the cell. Its hidden words make a sentence of it."""
    stance, word = cell.stance or SILENT, WORDS[cell.claim.kind][cell.stance or SILENT]
    before = f'<span class="vh">{esc(cell.party.short_name)} on {esc(cell.claim.label)}: </span>'
    after = f'<span class="vh">, {counted(cell.count)}. Show the words</span>'
    return (
        f'<a class="stance flag stance-{stance}" href="{query}#evidence" hx-get="{query}">'
        f"{sign(stance)}{before}<span>{word}</span>{after}</a>"
    )


def _newest(cell: Cell, fresh: datetime.date | None) -> str:
    latest = cell.latest
    assert latest is not None  # see _cell
    first, last = day(cell.first_said_on), day(cell.last_said_on)
    period = f', <span class="num">{first}</span> to <span class="num">{last}</span>' if first != last else ""
    said = day(latest.said_on, latest.said_on_precision)
    new = '<p class="fresh">Said on this day</p>' if fresh and cell.last_said_on == fresh else ""
    return (
        f'{new}<blockquote class="quotation clamp {latest.kind}" lang="{esc(latest.language)}" dir="auto">'
        f"{words(shorten(latest.quote, CELL_WORDS), latest.kind)}</blockquote>"
        f'<p class="by">{esc(latest.speaker.name)}, <span class="num">{said}</span></p>'
        f'<p class="tally">{counted(cell.count)}{period}</p>'
    )


def _ascribed(cell: Cell) -> Iterable[str]:
    """What others say that the party holds: one line for each of them and each stance."""
    for who, stance in cell.ascribed:
        yield (
            f'<p class="ascribed">According to <span class="by">{esc(who)}</span>: '
            f'<span class="stance stance-{stance}">{sign(stance)}{WORDS[cell.claim.kind][stance]}</span></p>'
        )
