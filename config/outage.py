"""When the database is away: how to tell, and how to log it. Imports no app, so that settings may name it."""

import logging

from django.db import InterfaceError, OperationalError


def is_connection_error(error: BaseException | None) -> bool:
    """The database was not there or went away. Deadlocks, time limits and full disks are OperationalErrors too, and
    are not this: the server answered them with a state of another class."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or (state[:2] in ("08", "57") and state != "57014")  # 57014: a query cancelled or out of time


class WithoutConnectionTraces(logging.Filter):
    """One line per request that met no database, not its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and is_connection_error(record.exc_info[1]):
            record.msg, record.args = f"{record.getMessage()}: the database cannot be reached", ()
            record.exc_info = record.exc_text = None
        return True
