"""How the workbench answers: who is let in, what is read from a request, and each refusal in words and a status."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from claims.anchors import PassageError
from claims.workflow import Stale, TransitionNotAllowed
from config.http import always_open
from sources.forms import in_words
from sources.models import Source

View = Callable[..., HttpResponse]


class BenchRequest(HttpRequest):
    """A request of somebody who may annotate."""

    user: User


class Refused(Exception):
    """What cannot be done: a status, a line in words, and what else the page needs to know."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status, self.answer = status, {"error": error, **more}


def at_the_bench(view: View) -> View:
    """A view of one source, given by its key or its public id, for those who may annotate.

    A page sends who is not logged in to the log-in; a call from the page gets a 401, so that nothing is lost there.
    """

    @always_open  # the check is here, as in the admin
    @never_cache
    @wraps(view)
    def checked(request: BenchRequest, source: str, **kwargs: Any) -> HttpResponse:
        called = request.headers.get("X-Requested-With") == "fetch"
        if not admin.site.has_permission(request):
            if called:
                return JsonResponse({"error": "You are logged out."}, status=401)
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        try:
            if not request.user.has_perm("claims.add_statement"):
                raise PermissionDenied("Your account has no part in annotating.")
            return view(request, _source(source), **kwargs)
        except (PermissionDenied, Http404) as error:
            if not called:
                raise
            status = 403 if isinstance(error, PermissionDenied) else 404
            return JsonResponse({"error": str(error) or "This is not open to you."}, status=status)
        except (Refused, ValidationError, PassageError, IntegrityError) as error:
            refused = refusal(error)
            return JsonResponse(refused.answer, status=refused.status)

    return checked


def _source(key: str) -> Source:
    """Public ids have twelve characters, and no key will have as many digits."""
    if not key.isalnum():
        raise Http404
    by_key = key.isascii() and key.isdecimal() and len(key) < 12
    found: Source = get_object_or_404(
        Source.objects.select_related("publisher", "assigned_to"), **{"pk" if by_key else "public_id": key}
    )
    return found


def refusal(error: Exception) -> Refused:
    match error:
        case Refused():
            return error
        case Stale():
            return Refused(409, " ".join(error.messages))
        case TransitionNotAllowed():
            return Refused(409, " ".join(error.messages), refused=True)
        case PassageError():
            return Refused(422, str(error), errors={"spans": [str(error)]})
        case ValidationError() if hasattr(error, "error_dict"):
            return Refused(422, "This cannot be saved yet.", errors=error.message_dict)
    return Refused(422, " ".join(in_words(error)), errors={"__all__": in_words(error)})


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as an object. Raises Refused (422)."""
    try:
        body = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(422, "The request is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused(422, "The request is not a JSON object.")
    return body


def _no_number(written: str) -> None:
    """Python reads and writes NaN and Infinity; no browser would read them back."""
    raise ValueError(f"{written} is not JSON.")
