"""Statements made, changed, deleted, submitted and brought back from the workbench: each by a verb of the model."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from claims.models import KeptForm, Statement
from claims.workbench import undo as undoing
from claims.workbench.answers import BenchRequest, Refused, at_the_bench, read_json
from claims.workbench.cards import card, cards
from claims.workbench.values import Values, as_fields, read_values, told_values
from claims.workflow import EDITABLE, Stale
from sources.models import Revision, Source

MOST_CARDS = 600


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_bench
def statements(request: BenchRequest, source: Source) -> HttpResponse:
    """GET the cards of `?id=a,b`; POST a new statement."""
    if request.method == "POST":
        return _create(request, source)
    asked = [key for key in request.GET.get("id", "").split(",")[:MOST_CARDS] if key.isalnum()]
    return JsonResponse({"cards": cards(request.user, source, public_ids=asked)})


def _create(request: BenchRequest, source: Source) -> HttpResponse:
    """By the form's key: sent twice, at once or an hour later, it makes one statement."""
    given = read_json(request)
    key, values = _key(given), read_values(given.get("values"))
    with transaction.atomic():
        kept, _ = KeptForm.objects.get_or_create(user=request.user, key=key, defaults={"source": source})
        kept = KeptForm.objects.select_for_update(of=("self",)).get(pk=kept.pk)
        if kept.statement_id:
            made = Statement.objects.only("public_id").get(pk=kept.statement_id)
            return JsonResponse(_saved(request, _find(request, source, made.public_id), "made"))
        revision = _newest(source)
        if not values.spans:
            raise Refused(422, "This cannot be saved yet.", errors={"spans": ["Select the words first."]})
        made = Statement.objects.record(by=request.user, **as_fields(values, revision))
        kept.statement, kept.body, kept.saved_at = made, "", timezone.now()
        kept.save()
    return JsonResponse(_saved(request, made, "made"), status=201)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_bench
def statement(request: BenchRequest, source: Source, public_id: str) -> HttpResponse:
    """GET what the form is filled with; POST a change, made from the version that it names."""
    found = _find(request, source, public_id)
    if request.method != "POST":
        return JsonResponse(_current(found, source))
    given = read_json(request)
    version, values = _version(given), read_values(given.get("values"))
    before = undoing.snapshot(found)
    try:
        with transaction.atomic():
            found.edit(by=request.user, version=version, **as_fields(values, _newest(source)))
            KeptForm.objects.filter(user=request.user, key=_key(given), statement=None).delete()
    except Stale as stale:
        found = _find(request, source, public_id)
        if not _says(found, values):
            raise _conflict(request, found, source, str(stale.message)) from stale
        return JsonResponse(_saved(request, found))  # sent again, because no answer had come
    return JsonResponse(_saved(request, found, "edited", before))


@require_POST
@at_the_bench
def delete(request: BenchRequest, source: Source, public_id: str) -> HttpResponse:
    found = _find(request, source, public_id)
    before = undoing.snapshot(found)
    try:
        found.discard(by=request.user, version=_version(read_json(request)))
    except Stale as stale:
        raise _conflict(request, _find(request, source, public_id), source, str(stale.message)) from stale
    token = undoing.token("deleted", found, by=request.user, before=before)
    return JsonResponse({"undo": token, "said": "The statement is deleted."})


@require_POST
@at_the_bench
def submit(request: BenchRequest, source: Source, public_id: str) -> HttpResponse:
    found = _find(request, source, public_id)
    try:
        found.submit(by=request.user, version=_version(read_json(request)))
    except Stale as stale:
        raise _conflict(request, _find(request, source, public_id), source, str(stale.message)) from stale
    return JsonResponse({**_saved(request, found), "said": "The statement is submitted for review."})


@require_POST
@at_the_bench
def submit_all(request: BenchRequest, source: Source) -> HttpResponse:
    """All that this person can submit of this source; what cannot be moved stays and says why."""
    here = Statement.objects.at_the_bench(source, request.user).in_the_usual_way()
    mine = here.filter(annotated_by=request.user, state__in=sorted(EDITABLE))
    done, refused = [], []
    for found in mine:
        try:
            found.submit(by=request.user)
            done.append(found.public_id)
        except ValidationError as error:
            refused.append({"id": found.public_id, "why": " ".join(error.messages)})
    said = f"{len(done)} statement{'' if len(done) == 1 else 's'} submitted for review."
    told = cards(request.user, source, public_ids=done)
    return JsonResponse({"cards": told, "refused": refused, "said": said})


@require_POST
@at_the_bench
def undo(request: BenchRequest, source: Source) -> HttpResponse:
    signed = read_json(request).get("token")
    with transaction.atomic():
        try:
            found, inverse, said = undoing.undo(
                signed if isinstance(signed, str) else "", by=request.user, source=source
            )
        except Stale as error:
            raise Refused(409, undoing.SINCE) from error
    if found is None:
        return JsonResponse({"card": None, "undo": inverse, "said": said})
    return JsonResponse({**_saved(request, found), "undo": inverse, "said": said})


# What is read and told


def _find(request: BenchRequest, source: Source, public_id: str) -> Statement:
    found = Statement.objects.at_the_bench(source, request.user).with_attribution().filter(public_id=public_id).first()
    if found is None:
        raise Http404("There is no such statement of this source.")
    return found


def _newest(source: Source) -> Revision:
    revision: Revision | None = source.newest_revision
    if revision is None:
        raise Refused(422, "This source has no text yet.")
    return revision


def _key(given: dict[str, Any]) -> uuid.UUID:
    try:
        return uuid.UUID(str(given.get("key")))
    except ValueError as error:
        raise Refused(422, "A form is sent with its key, a UUID.") from error


def _version(given: dict[str, Any]) -> int:
    version = given.get("version")
    if type(version) is not int:
        raise Refused(422, "A change names the version that it was made from.")
    return version


def _saved(
    request: BenchRequest, found: Statement, did: str = "", before: dict[str, Any] | None = None
) -> dict[str, Any]:
    told = {"id": found.public_id, "version": found.version, "card": card(request.user, found)}
    return {**told, "undo": undoing.token(did, found, by=request.user, before=before)} if did else told


def _current(found: Statement, source: Source) -> dict[str, Any]:
    return {"id": found.public_id, "version": found.version, "values": told_values(found, _newest(source))}


def _conflict(request: BenchRequest, found: Statement, source: Source, error: str) -> Refused:
    told = {"card": card(request.user, found), "by": found.annotated_by.get_username(), "at": found.updated_at}
    return Refused(409, error, current={**_current(found, source), **told})


def _says(found: Statement, values: Values) -> bool:
    """Whether what is stored is what was sent."""
    return read_values(told_values(found, found.revision)) == values
