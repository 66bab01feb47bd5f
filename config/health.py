"""Is the process alive, can it serve, and what a visitor is told while the database is away."""

import logging
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as plain_server_error

RETRY_AFTER = "5"  # seconds
_migrated = False  # once true it stays so for this process: only an upgrade brings new migrations


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. Touches no database."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
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
    title = "Parley cannot reach its database just now. Please try again in a moment."
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": 503}
        response: HttpResponse = JsonResponse(problem, status=503, content_type="application/problem+json")
        response["Retry-After"] = RETRY_AFTER
        return response
    return _unavailable(f"{title}\n")


def _unavailable(text: str) -> HttpResponse:
    response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = RETRY_AFTER
    return response


def is_connection_error(error: BaseException | None) -> bool:
    """The database was not there or went away. Deadlocks, time limits and full disks are OperationalErrors too, and
    are not this: the server answered them with a state of another class."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state[:2] in ("08", "57") and state != "57014"  # 57014: a query cancelled or out of time


class WithoutConnectionTraces(logging.Filter):
    """One line per request that met no database, not its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and is_connection_error(record.exc_info[1]):
            record.msg, record.args = f"{record.getMessage()}: the database cannot be reached", ()
            record.exc_info = record.exc_text = None
        return True
