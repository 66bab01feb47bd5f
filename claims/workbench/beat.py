"""What the page says and asks while somebody works: its unfinished forms, who is here, what others have changed."""

import hashlib
import json
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from claims.models import KeptForm, Presence, Statement
from claims.models.bench import MAX_BODY
from claims.workbench.answers import BenchRequest, Refused, at_the_bench, read_json
from sources.models import Source


def who(request: HttpRequest) -> dict[str, Any]:
    """To whom this browser is logged in, and the token for its next request: a new log-in makes it another."""
    return {"user": {"id": request.user.pk, "name": request.user.get_username()}, "token": get_token(request)}


@require_safe
@at_the_bench
def token(request: BenchRequest, source: Source) -> HttpResponse:
    return JsonResponse(who(request))


@require_POST
@at_the_bench
def pulse(request: BenchRequest, source: Source) -> HttpResponse:
    """Tell that the page is open, and hear who else is here. Where `mark` is another, every statement's version."""
    body = read_json(request)
    editing = body.get("editing") or ""
    Presence.objects.update_or_create(
        source=source,
        user=request.user,
        defaults={"seen_at": timezone.now(), "editing": editing[:12] if isinstance(editing, str) else ""},
    )
    here = [
        {"name": presence.user.get_username(), "editing": presence.editing}
        for presence in Presence.objects.now(at=source, but=request.user)
    ]
    told = versions_of(source, request.user)
    for one in here:
        if one["editing"] not in told["versions"]:
            one["editing"] = ""  # deleted, or coded blind
    answer = {**who(request), **told, "here": here}
    if body.get("mark") == answer["mark"]:
        del answer["versions"]
    return JsonResponse(answer)


def versions_of(source: Source, user: User) -> dict[str, Any]:
    """Each statement's version, the newest revision's key, and a mark that differs when any of them does. 2 queries."""
    versions = dict(Statement.objects.at_the_bench(source, user).values_list("public_id", "version"))
    revision = source.revisions.order_by("-number").values_list("pk", flat=True).first()
    told = json.dumps([revision, sorted(versions.items())])
    mark = hashlib.sha256(told.encode()).hexdigest()[:16]
    return {"versions": versions, "revision": revision, "mark": mark}


# Unfinished forms


@require_POST
@at_the_bench
def keep(request: BenchRequest, source: Source, key: uuid.UUID) -> HttpResponse:
    """Keep a form as it stands, unless its statement has been made already. Nobody else ever sees it."""
    body = read_json(request).get("body")
    written = json.dumps(body)
    if not isinstance(body, dict) or len(written) > MAX_BODY:
        raise Refused(422, "This form cannot be kept: it is not an object, or holds too much.")
    now = timezone.now()
    kept, made = KeptForm.objects.get_or_create(
        user=request.user, key=key, defaults={"source": source, "body": written, "saved_at": now}
    )
    if not made:
        KeptForm.objects.filter(pk=kept.pk, statement=None).update(body=written, saved_at=now)
    return JsonResponse({"saved_at": now.isoformat()})


@require_POST
@at_the_bench
def discard(request: BenchRequest, source: Source, key: uuid.UUID) -> HttpResponse:
    KeptForm.objects.filter(user=request.user, key=key, statement=None).delete()
    return JsonResponse({})


def kept_forms(request: BenchRequest, source: Source) -> list[dict[str, Any]]:
    """For the page: what this person has begun here and not saved, the newest last."""
    return [
        {"key": str(kept.key), "body": json.loads(kept.body), "saved_at": kept.saved_at.isoformat()}
        for kept in KeptForm.objects.unfinished(by=request.user, source=source)
    ]
