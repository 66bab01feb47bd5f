"""Is the process alive, can it serve, and what a visitor is told while the database is away."""

import json
import sys

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as plain_server_error

from config.http import always_open
from config.outage import is_connection_error

RETRY_AFTER = "5"  # seconds
_migrated = False  # once true it stays so for this process: only an upgrade brings new migrations


@always_open
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. Touches no database."""
    return HttpResponse("ok\n", content_type="text/plain")


@always_open
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """It can serve: the database answers and has every migration."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not migrated():
            return _unavailable("The database lacks migrations: run manage.py migrate.\n")
    except (OperationalError, InterfaceError):
        return _unavailable("The database cannot be reached.\n")
    return HttpResponse("ready\n", content_type="text/plain")


def migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: an answer to retry where the database is away, the error page for all else. Django calls it while
    the exception is being handled."""
    if not is_connection_error(sys.exception()):
        return plain_server_error(request)
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "The database cannot be reached just now.", "status": 503}
        return _unavailable(json.dumps(problem), "application/problem+json")
    return _unavailable(render_to_string("503.html"), "text/html; charset=utf-8")


def _unavailable(body: str, content_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    return HttpResponse(body, status=503, content_type=content_type, headers={"Retry-After": RETRY_AFTER})
