"""Search: the words and the filters of the API, as a form, with what is found marked in the quotations."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf.locale import LANG_INFO
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from claims.filters import FILTERS
from claims.models import Claim, Position, Statement, Topic
from claims.models.statement_query import SEARCH_CONFIG, TYPOGRAPHIC
from claims.templatetags.stance import WORDS
from claims.views.listing import Listing, list_statements
from config.http import HtmxRequest, page_or_fragment, public
from config.parameters import BadParameters
from sources.models import Party, Publisher, Source, Speaker

NAMED = 6  # of each kind, above the statements
OFFERED = 500  # in one select: a longer list is no help to anybody

Options = list[tuple[str, str]]

NOT_IN_FORM = ("source", "state", "published_after")  # an address may have them: the form carries them along

LABELS = {
    "q": "Words",
    "topic": "Topic",
    "claim": "Claim",
    "stance": "Stance",
    "holder": "Held by",
    "ascribed": "Whose word",
    "speaker": "Speaker",
    "party": "Spoke for",
    "publisher": "Publisher",
    "kind": "Kind of quotation",
    "said_after": "Said from",
    "said_before": "Said until",
    "language": "Said in",
    "source": "Source",
    "state": "State",
    "published_after": "Printed from",
}

# The words of a query, without those it excludes; each word that has the stem of one of them is marked.
MATCHING = r"""
    SELECT word FROM unnest(%s::text[]) AS word
    WHERE to_tsvector(%s::regconfig, word) @@
        regexp_replace(querytree(websearch_to_tsquery(%s::regconfig, %s)), '&|<(-|\d+)>', '|', 'g')::tsquery
"""
# A word with its vowel signs and accents: Python counts those of Arabic and Hebrew as no part of it.
WORD = re.compile(r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0652]+")


@public
@require_safe
def search(request: HtmxRequest) -> HttpResponse:
    data = straightened(request.GET)
    words = data.get("q", "").strip()
    errors: dict[str, str] = {}
    try:
        listing = list_statements(data, request.user)
    except BadParameters as mistakes:
        errors, listing = mistakes.errors, Listing([], "", "")
    mark_words(listing.statements, "" if errors else words)
    names = [parameter.name for parameter in FILTERS if parameter.name != "q"]
    chosen = {name: request.GET.getlist(name) for name in names if any(request.GET.getlist(name))}
    context = {
        "q": request.GET.get("q", ""),
        "errors": [(LABELS.get(name, name), name, line) for name, line in errors.items()],
        "fields": form_fields(request.GET, request.user),
        "chosen": chosen,
        "kept": [(name, value) for name in NOT_IN_FORM for value in chosen.get(name, []) if value],
        "asked": bool(words or chosen),
        "listing": listing,
        "named": named(words, request.user) if words and not errors and "cursor" not in request.GET else [],
    }
    answer = page_or_fragment(request, "claims/search.html", "claims/_search.html", context, target="results")
    answer.status_code = 400 if errors else 200
    return answer


def straightened(data: QueryDict) -> QueryDict:
    """The quotation marks that phones and word processors make hold a phrase as well."""
    asked = data.copy()
    asked.setlist("q", [words.translate(TYPOGRAPHIC) for words in data.getlist("q")])
    return asked


# What is found


def mark_words(statements: Iterable[Statement], query: str) -> None:
    """Give each statement `pieces`: its quotation cut up as (text, whether it was searched for). 1 query or none."""
    rows = list(statements)
    found = matching({word for row in rows for word in WORD.findall(row.quote)}, query) if rows and query else set()
    for row in rows:
        row.pieces = pieces(row.quote, found)  # type: ignore[attr-defined] # for the template


def matching(words: set[str], query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(MATCHING, [sorted(words), SEARCH_CONFIG, SEARCH_CONFIG, query])
        return {word for (word,) in cursor.fetchall()}


def pieces(text: str, found: set[str]) -> list[tuple[str, bool]]:
    """The text cut at the words found; joined again it is the text to the character."""
    cut, at = [], 0
    for match in WORD.finditer(text):
        if match[0] in found:
            cut += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    cut.append((text[at:], False))
    return [piece for piece in cut if piece[0]]


def named(words: str, user: User | AnonymousUser) -> list[dict[str, Any]]:
    """Speakers, parties, claims and sources whose names have the words in them. 4 queries."""
    name = words.strip('"“” ')
    if len(name) < 2:
        return []
    speakers = Speaker.objects.visible_to(user).named_like(name)
    parties = Party.objects.filter(Q(name__icontains=name) | Q(short_name__icontains=name))
    claims = Claim.objects.unmerged().select_related("topic")
    claims = claims.filter(Q(label__icontains=name) | Q(proposition__icontains=name))
    sources = Source.objects.visible_to(user).filter(Q(title__icontains=name) | Q(original_title__icontains=name))
    groups = [
        ("Parties", [(party.name, f"/parties/{party.slug}/") for party in parties[:NAMED]]),
        ("Speakers", [(speaker.name, f"/speakers/{speaker.slug}/") for speaker in speakers[:NAMED]]),
        ("Claims", [(claim.label, claim.get_absolute_url()) for claim in claims[:NAMED]]),
        ("Sources", [(source.title, f"/sources/{source.public_id}/") for source in sources[:NAMED]]),
    ]
    return [{"title": title, "links": links} for title, links in groups if links]


# The form


def form_fields(data: QueryDict, user: User | AnonymousUser) -> list[dict[str, Any]]:
    """The selects of the form, each with what is chosen in it. 5 queries."""
    parties = list(Party.objects.values_list("slug", "short_name"))
    claims = Claim.objects.unmerged().order_by("topic", "rank", "slug").values_list("topic__slug", "slug", "label")
    proposal, fact = WORDS["proposal"], WORDS["fact"]
    options: dict[str, Options] = {
        "topic": list(Topic.objects.values_list("slug", "title")),
        "claim": [(f"{topic}/{slug}", label) for topic, slug, label in claims[:OFFERED]],
        "stance": [(value, stance_name(proposal[value], fact[value])) for value in Position.Stance.values],
        "holder": parties,
        "ascribed": [("false", "The party’s own word"), ("true", "Ascribed by somebody else")],
        "speaker": list(Speaker.objects.visible_to(user).unmerged().values_list("slug", "name")[:OFFERED]),
        "party": parties,
        "publisher": publishers(user),
        "kind": list(Statement.Kind.choices),
        "language": languages(),
    }
    return [field(name, choices, data) for name, choices in options.items()]


def stance_name(of_proposal: str, of_fact: str) -> str:
    return of_proposal if of_proposal == of_fact else f"{of_proposal} / {of_fact}"


def field(name: str, options: Options, data: QueryDict) -> dict[str, Any]:
    """What the address asks for stays chosen, also where it is not among the options."""
    chosen = data.get(name, "")
    if name == "claim" and chosen and "/" not in chosen:
        chosen = next((value for value, _ in options if value.endswith(f"/{chosen}")), chosen)
    if chosen and chosen not in dict(options):
        options = [*options, (chosen, chosen)]
    return {"name": name, "label": LABELS[name], "options": options, "chosen": chosen}


def publishers(user: User | AnonymousUser) -> Options:
    """Those with a document that this reader may see."""
    seen = Source.objects.visible_to(user)
    mine = Q(publisher=OuterRef("pk")) | Q(original_publisher=OuterRef("pk"))
    return list(Publisher.objects.filter(Exists(seen.filter(mine))).values_list("slug", "name")[:OFFERED])


def languages() -> Options:
    """By name. All that are known rather than those on record, which only a walk over every statement could tell."""
    names = {tag: info["name"] for tag, info in LANG_INFO.items() if "name" in info and "-" not in tag}
    return sorted(names.items(), key=lambda item: item[1])
