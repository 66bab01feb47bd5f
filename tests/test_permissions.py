"""Who may do what: every address of the URLconf, every role, every method, held to the table in permissions.txt.

A route that no line of the table opens fails the first test: add a line for it. To see what a line would be, run with
`--verbose`: a failure prints the line as it came out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, resolve

from tests.permitted import DRAFTED, SECRET, make_world

ROLES = ["anonymous", "stranger", "owner", "other", "reviewer", "chief"]
FILE = Path(__file__).with_name("permissions.txt")
World = SimpleNamespace

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Line:
    """One line of the table: what is asked, and what comes of it for each role."""

    method: str
    address: str
    body: str
    wanted: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.address} {self.body}".strip()

    def filled(self, world: World, text: str | None = None) -> str:
        """With the world's names for what stands behind a dollar sign; `$row` is one of the model of an admin page."""
        text = f"/{self.address}" if text is None else text
        model = "_".join(self.address.split("/")[1:3])
        return Template(text).safe_substitute(world.names, row=world.rows.get(model, ""))


def lines() -> Iterator[Line]:
    for text in FILE.read_text().splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        asked, _, body = text.partition(" | ")
        method, address, *wanted = asked.split()
        assert len(wanted) == len(ROLES), f"{text}: one word for each of {', '.join(ROLES)}"
        for each in one_by_one(address):
            yield Line(method, each, body.strip(), tuple(wanted))


def one_by_one(address: str) -> list[str]:
    """`a/{b,c}/` is `a/b/` and `a/c/`."""
    found = re.search(r"\{([^}]*)\}", address)
    if not found:
        return [address]
    each = (address[: found.start()] + one + address[found.end() :] for one in found[1].split(","))
    return list(chain.from_iterable(map(one_by_one, each)))


TABLE = list(lines())
each_line = pytest.mark.parametrize("line", TABLE, ids=str)


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Every pattern of the URLconf, through every include, as `resolve()` names it."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern).removeprefix("^" if before else "")
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        else:
            yield route


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Rows in every state, and a session for each role: made once, since every request is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def person(world: World, role: str, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if key := world.sessions.get(role):
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


@dataclass(frozen=True)
class Answer:
    status: int
    to: str
    words: str
    written: list[str]

    def __str__(self) -> str:
        """`login`, `home` (how the admin says that there is no such row), or the status; `+` where it wrote."""
        word = {"/admin/login/": "login", "/admin/": "home"}.get(urlsplit(self.to).path, str(self.status))
        return word + ("+" if self.written else "")


def ask(world: World, line: Line, role: str, method: str = "", **options: Any) -> Answer:
    """One request, nothing of which stays."""
    body = line.filled(world, line.body)
    given: dict[str, Any] = {"data": body, "content_type": "application/json"}
    if not body.startswith("{"):
        given = {"data": body, "content_type": "application/x-www-form-urlencoded"}
    method = method or line.method
    client = person(world, role, **options)
    asked: list[str] = []
    with (
        transaction.atomic(),
        connection.execute_wrapper(lambda go, sql, *rest: (asked.append(sql), go(sql, *rest))[1]),
    ):
        answer = client.generic(method, line.filled(world), **({} if method == "GET" else given))
        words = b"".join(answer.streaming_content if answer.streaming else [answer.content])
        transaction.set_rollback(True)
    return Answer(answer.status_code, answer.headers.get("Location", ""), words.decode().casefold(), writes(asked))


def writes(queries: list[str]) -> list[str]:
    """What was written and not taken back. Sessions are the log-in's own."""
    written: list[str] = []
    begun: dict[str, int] = {}
    for sql in queries:
        if found := re.match(r'(ROLLBACK TO )?SAVEPOINT "(\w+)"', sql):
            written = written[: begun[found[2]]] if found[1] else written
            begun[found[2]] = len(written)
        elif re.match(r'(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session)', sql):
            written.append(sql)
    return written


# The table


def test_every_route_is_in_the_table(world: World) -> None:
    known = {(resolve(urlsplit(line.filled(world)).path).route, line.method) for line in TABLE}
    missing = [route for route in routes() if (route, "GET") not in known]
    assert missing == []


def looked_at(world: World, line: Line, role: str) -> Answer:
    """Asked once for all tests: a page is the same for the next."""
    if (line, role) not in world.answers:
        world.answers[line, role] = ask(world, line, role)
    return world.answers[line, role]


@each_line
def test_each_role_gets_what_the_table_says(world: World, line: Line) -> None:
    got = tuple(str(looked_at(world, line, role)) for role in ROLES)
    assert got == line.wanted, f"{line.method} {line.address} {' '.join(got)}"


def test_the_table_lets_nothing_be_written_by_reading_or_by_the_refused() -> None:
    for line in TABLE:
        refused = [word for word in line.wanted if word[:3] in ("log", "401", "403", "404", "405")]
        assert not [word for word in (line.wanted if line.method == "GET" else refused) if word.endswith("+")], line


# What holds for all of it

GETS = [line for line in TABLE if line.method == "GET"]


@pytest.mark.parametrize("line", GETS, ids=str)
def test_a_method_that_is_not_in_the_table_changes_nothing(world: World, line: Line) -> None:
    path = line.address.split("?")[0]
    given = {each.method for each in TABLE if each.address.split("?")[0] == path}
    for method in [each for each in ("POST", "PUT", "PATCH", "DELETE") if each not in given]:
        for role in ("anonymous", "owner", "chief"):
            answer = ask(world, line, role, method)
            assert (answer.status < 500, answer.written) == (True, []), f"{method} as {role}"


@pytest.mark.parametrize("line", [line for line in TABLE if line.method != "GET"], ids=str)
def test_nothing_is_changed_without_the_token_of_the_session(world: World, line: Line) -> None:
    for role in ("anonymous", "owner", "chief"):
        answer = ask(world, line, role, enforce_csrf_checks=True)
        assert answer.written == [], role
        assert str(answer) in ("login", "home", "403", "404", "405"), role


@pytest.mark.parametrize("line", GETS, ids=str)
def test_no_page_tells_a_draft_to_those_who_may_not_see_it(world: World, line: Line) -> None:
    for role in ("anonymous", "stranger"):
        assert SECRET not in looked_at(world, line, role).words, role
    if "/annotate/" not in line.address:  # where the editors of one source see each other's work
        assert DRAFTED not in looked_at(world, line, "other").words


OPEN = {"healthz", "readyz", "admin/login/", "feeds/desk/$token.atom"}


@pytest.mark.parametrize("line", GETS, ids=str)
def test_a_closed_site_is_closed(world: World, line: Line) -> None:
    with override_settings(PARLEY_PUBLIC=False):
        got = str(ask(world, line, "anonymous"))
    assert (got == "200") if line.address in OPEN else (got in ("login", "home", "401", "403", "404", "405"))
