"""What the settings name for every API view: who may read, JSON in and out, and errors as problem documents."""

import logging
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.health import RETRY_AFTER
from config.outage import is_connection_error
from config.parameters import BadParameters

PROBLEM = "application/problem+json"
log = logging.getLogger("django.request")


# Who may read


class MayRead(BasePermission):
    """Anybody, or on a closed site (PARLEY_PUBLIC=false) whoever has logged in."""

    message = "This site is closed to the public. Log in to read it."

    def has_permission(self, request: Request, view: Any) -> bool:
        return settings.PARLEY_PUBLIC or request.user.is_authenticated


# JSON


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class JSONParser(BaseParser):
    """Strict JSON: no NaN, no lone surrogates, and nesting of a depth that no honest body has is a 400, not a crash."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)  # the framework's own limit is not asked by those who read the stream
        if len(body) > most:
            raise RequestDataTooBig
        try:
            return orjson.loads(body)
        except (orjson.JSONDecodeError, RecursionError) as error:
            raise exceptions.ParseError(f"The body is not JSON: {error}") from error


# Errors


def problem(error: Exception, context: dict[str, Any]) -> Response:
    """An exception as a problem document (RFC 9457): never a trace, and never a page of HTML."""
    request = context["request"]
    status, detail, errors, headers = _told(error)
    if status >= 500 and not is_connection_error(error):
        log.error("API: %s", request.path, exc_info=error, extra={"status_code": status, "request": request})
        got_request_exception.send(sender=None, request=request._request)
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail, "instance": request.path}
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=PROBLEM)


def _told(error: Exception) -> tuple[int, str, list[dict[str, str]], dict[str, str]]:
    """Status, the line that tells it, the mistakes by parameter, headers."""
    match error:
        case BadParameters():
            errors = [{"parameter": name, "detail": line} for name, line in error.errors.items()]
            return 400, f"The query string cannot be read: {error}", errors, {}
        case exceptions.APIException():
            headers = {"WWW-Authenticate": header} if (header := getattr(error, "auth_header", "")) else {}
            return error.status_code, _line(error.detail), [], headers
        case Http404():
            return 404, "There is nothing of that name here that you may see.", [], {}
        case PermissionDenied():
            return 403, "You may not do this.", [], {}
        case RequestDataTooBig():
            return 413, f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.", [], {}
        case SuspiciousOperation():
            return 400, "This request cannot be read.", [], {}
        case OperationalError() | InterfaceError():
            return 503, "The database cannot answer just now. Try again in a moment.", [], {"Retry-After": RETRY_AFTER}
        case _:
            return 500, "Something went wrong here; it has been logged.", [], {}


def _line(detail: Any) -> str:
    return str(detail) if not isinstance(detail, (list, dict)) else "; ".join(map(str, detail))
