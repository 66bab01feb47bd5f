"""What every page shares: fragments for htmx, and who may open which page. Imports no app."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC, ALWAYS = "public", "always"


class HtmxRequest(HttpRequest):
    """A request as HtmxMiddleware leaves it."""

    htmx: HtmxDetails


class BadQuery(ValueError):
    """A query string that cannot be read. The message says what, where, and how to mend it; the page is a 400."""


def page_or_fragment(
    request: HtmxRequest, page: str, fragment: str, context: dict[str, Any], *, target: str
) -> TemplateResponse:
    """Render `fragment` where htmx will swap it into #`target`, else the whole `page` that includes it."""
    wanted = request.htmx.target == target and not request.htmx.history_restore_request
    response = TemplateResponse(request, fragment if wanted else page, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])  # on both answers, or a cache would mix them
    return response


def moved_to(request: HttpRequest, path: str) -> HttpResponse:
    """What was at this address is at another one, for good; asked anew each time, since a merge can be undone."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    response["Cache-Control"] = "no-cache"
    return response


def public(view: View) -> View:
    """Anyone may open this page, unless the whole site is closed (PARLEY_PUBLIC=false)."""
    view.access = PUBLIC  # type: ignore[attr-defined] # a function takes attributes
    return view


def always_open(view: View) -> View:
    """Anyone may open this page, even on a closed site: log-in, health."""
    view.access = ALWAYS  # type: ignore[attr-defined]
    return view


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what is refused before any view sees it. Only a form that is too large has something to say."""
    context = {}
    if isinstance(exception, RequestDataTooBig):
        limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 2**20
        message = f"The form holds more than {limit} MB, so nothing was saved. Go back, and send less at a time."
        context = {"heading": "That is too much to take in", "message": message}
    return TemplateResponse(request, "400.html", context, status=400).render()


class AccessMiddleware:
    """Deny by default: what is not marked as open needs a log-in.

    The admin and the API check for themselves: the one has its own log-in page, the other answers with a status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HtmxRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access == ALWAYS or (access == PUBLIC and settings.PARLEY_PUBLIC):
            return None
        if request.path.startswith(("/admin/", "/api/")) or request.user.is_authenticated:
            return None
        answer = redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        # htmx would follow a redirect and put the log-in page into a cell; this one moves the whole window.
        return HttpResponseClientRedirect(answer.url) if request.htmx else answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A query string that cannot be read is the reader's mistake: one clear line, and a 400."""
        if isinstance(exception, BadQuery) and not request.path.startswith("/api/"):
            return TemplateResponse(request, "400.html", {"message": str(exception)}, status=400).render()
        return None
