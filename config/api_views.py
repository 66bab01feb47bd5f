"""What API views are made of: their base, their lists, and how they are described in the schema."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.cache import patch_cache_control, patch_vary_headers
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from config.api import PROBLEM
from config.paging import Page, Row
from config.parameters import Parameter


class Schema(AutoSchema):
    def get_auth(self) -> list[dict[str, list[str]]]:
        """Without a log-in too, where the site is public."""
        return [*([{}] if settings.PARLEY_PUBLIC else []), *super().get_auth()]


class ApiView(APIView):
    """The base of every view: what a person may see is not kept in a cache that others share."""

    schema = Schema()

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Which verbs there are, in Allow. What they take is said by the schema."""
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept", "Cookie"])
        if getattr(request, "user", None) and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_cache=True)
        return response


class ViewSet(ViewSetMixin, ApiView):
    """Several operations on one kind of thing."""


class NotFound(ApiView):
    """Every address under /api/ at which there is nothing."""

    schema = None
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound("There is nothing at this address. The API is described at /api/docs/.")


# Lists


def listing(
    request: Request, page: Page[Row], records: Sequence[Any], words: Callable[[Row], Sequence[str]]
) -> Response:
    """A page as every list has it. `words` names a row in a cursor."""
    after, before = page.cursors(words)
    return Response({"next": _at(request, after), "previous": _at(request, before), "results": records})


def _at(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def site(request: HttpRequest | Request) -> str:
    """The address of the site, without a slash at its end."""
    return request.build_absolute_uri("/").rstrip("/")


# The schema


class Problem(serializers.Serializer):
    """RFC 9457. `errors` names each parameter that is wrong."""

    class Mistake(serializers.Serializer):
        parameter = serializers.CharField()
        detail = serializers.CharField()

        class Meta:
            ref_name = "Mistake"

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = Mistake(many=True, required=False)


ERRORS = {
    400: "A parameter cannot be read, or is not known here; `errors` names it.",
    403: "Not for you: the site is closed to the public, or the text’s licence is.",
    404: "Nothing of that name that you may see.",
    406: "Accept asks for something other than JSON.",
    503: "The database cannot answer just now; see Retry-After.",
}


def pages_of(record: type[serializers.Serializer]) -> serializers.Serializer:
    """The serializer of a list of these records, as the schema shows it."""
    fields = {
        "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
        "previous": serializers.URLField(allow_null=True, help_text="The page before; null on the first."),
        "results": record(many=True),
    }
    page = type(f"{record.Meta.ref_name}Page", (serializers.Serializer,), fields)  # type: ignore[attr-defined]
    return extend_schema_serializer(many=False)(page)()  # or a list of pages would be described


def described(
    summary: str,
    answer: Any,
    parameters: Iterable[Parameter] = (),
    *,
    errors: Iterable[int] = (),
    media_types: Iterable[str] = ("application/json",),
    **more: Any,
) -> Callable[[Any], Any]:
    """The schema of an operation: its parameters from the table that reads them, its errors as problem documents."""
    answers = {(200, media_type): OpenApiResponse(answer, "What was asked for.") for media_type in media_types}
    for status in sorted({400, 403, 406, 503, *errors}):
        answers[status, PROBLEM] = OpenApiResponse(Problem, ERRORS[status])
    return extend_schema(summary=summary, parameters=[*map(_described, parameters)], responses=answers, **more)


def _described(parameter: Parameter) -> OpenApiParameter:
    schema = dict(parameter.kind.schema)
    if parameter.many:
        schema = {"type": "array", "items": schema}
    return OpenApiParameter(parameter.name, type=schema, description=parameter.help)
