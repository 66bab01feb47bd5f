"""A real browser against a real server. Each page is watched for breaches of the CSP, errors, dialogs, strangers."""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in this thread; we use none of it

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"

WATCH = """
    window.breaches = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.breaches.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
"""


@pytest.fixture(scope="session", autouse=True)
def static_files_as_they_lie() -> None:
    """The live server finds static files where they are written, without `collectstatic`."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if not CHROMIUM:
        message = "no Chromium found (set CHROMIUM to its path): the browser tests did not run"
        pytest.fail(message) if REQUIRED else pytest.skip(message)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # The sandbox cannot be had as root, and --disable-background-networking keeps the browser from calling home.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


class Watched:
    """Pages whose every breach, error and foreign request is remembered."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address, self.problems, self.pages = browser, address, list[str](), list[Page]()

    def open(self, path: str = "/", **options: object) -> Page:
        context = self.browser.new_context(base_url=self.address, **{"locale": "en-GB", **options})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._check_request(request.url))
        page.on("response", lambda response: self._check_response(response.status, response.url))
        self.pages.append(page)
        page.goto(path)
        return page

    def _check_request(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.address):
            self.problems.append(f"foreign request: {url}")

    def _check_response(self, status: int, url: str) -> None:
        if status >= 500:
            self.problems.append(f"{status}: {url}")

    def close(self) -> None:
        for page in self.pages:
            if not page.is_closed():
                self.problems += page.evaluate("window.breaches")
            page.context.close()


@pytest.fixture
def watched(browser: Browser, live_server) -> Iterator[Watched]:
    watched = Watched(browser, live_server.url)
    yield watched
    watched.close()
    assert watched.problems == []


Desk = Callable[..., Page]


@pytest.fixture
def desk(watched: Watched) -> Desk:
    """Open a page as somebody who is logged in: `desk(ann, "/admin/", viewport=...)`."""

    def open_as(user: User, path: str, **options: object) -> Page:
        client = Client()
        client.force_login(user)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
        place = {"domain": urlsplit(watched.address).hostname, "path": "/", "expires": -1}
        flags = {"httpOnly": True, "secure": False, "sameSite": "Lax"}
        return watched.open(path, storage_state={"cookies": [{**cookie, **place, **flags}], "origins": []}, **options)

    return open_as
