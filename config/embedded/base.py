"""The Django database backend `config.embedded`: PostgreSQL's own, plus a server that starts at the first connection.

HOST in DATABASES is the server's folder.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db.backends.postgresql import base, client

from config.embedded.server import PORT, Server, ServerError, binaries, server_in


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql that comes along."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        server = server_in(settings_dict["HOST"])
        server.join()
        where = settings_dict | {"HOST": str(server.socket_folder), "PORT": str(PORT)}
        arguments, env = super().settings_to_cmd_args_env(where, list(parameters))
        return [str(binaries() / "psql"), *arguments[1:]], env


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def server(self) -> Server:
        return server_in(self.settings_dict["HOST"])

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"host": str(self.server.socket_folder), "port": PORT}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        connect = super().get_new_connection
        try:
            self.server.join()
            return self._retry(lambda: connect(conn_params))
        except ServerError as error:
            raise psycopg.OperationalError(str(error)) from None

    def _retry(self, connect: Callable[[], psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
        """Connect; where the server was killed, start it again; while it recovers, try until patience ends."""
        deadline = time.monotonic() + self.server.patience
        while True:
            try:
                return connect()
            except psycopg.OperationalError as error:
                unreachable = error.sqlstate is None or error.sqlstate == psycopg.errors.CannotConnectNow.sqlstate
                if not unreachable or time.monotonic() > deadline:
                    raise
                self.server.keep()
                time.sleep(0.05)
