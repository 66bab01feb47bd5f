"""The probes and the outage, on the production server with real processes."""

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client

from config.embedded.server import PROJECT
from tests.config.processes import environment, eventually, is_stopped, server

Answer = tuple[int, http.client.HTTPMessage, str]


class Website:
    def __init__(self, data: Path, **env: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment(data, PORT=str(self.port), **env), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def get(self, path: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()

    def status(self, path: str) -> int | None:
        try:
            return self.get(path)[0]
        except OSError:
            return None


@contextmanager
def website(data: Path, **env: str) -> Iterator[Website]:
    site = Website(data, **env)
    try:
        assert eventually(lambda: site.status("/healthz") == 200)
        yield site
    finally:
        site.process.kill()
        site.process.communicate(timeout=20)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="parley-test-"))
    yield folder
    assert eventually(lambda: is_stopped(folder))
    shutil.rmtree(folder)


def test_healthz_asks_no_database(client: Client) -> None:
    """pytest-django refuses any query of a test that does not ask for the database."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_answers_when_the_database_has_every_migration(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_probes_only_answer_questions(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_it_is_ready_once_migrated_and_again_after_the_server_was_killed(data: Path) -> None:
    with website(data) as site:
        status, headers, body = site.get("/readyz")
        assert (status, headers["Retry-After"]) == (503, "5")
        assert body == "The database lacks migrations: run manage.py migrate.\n"

        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=PROJECT, env=environment(data), check=True)
        assert site.status("/readyz") == 200

        postmaster = server(data).postmaster()
        assert postmaster
        postmaster.kill()
        assert site.status("/healthz") == 200
        assert eventually(lambda: site.status("/readyz") == 200, seconds=15)

        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(20) == 0
        assert eventually(lambda: is_stopped(data))


def test_while_the_database_is_away_every_page_says_so_at_once(data: Path) -> None:
    with website(data, DATABASE_URL="postgres://ada:s3cret@127.0.0.1:1/none") as site:
        for path in ("/readyz", "/", "/admin/login/?next=/admin/", "/api/v1/statements/"):
            began = time.monotonic()
            status, headers, body = site.get(path)
            if path.startswith("/admin/"):
                assert status == 200  # the log-in form itself asks nothing of the database
                continue
            assert (path, status, headers["Retry-After"]) == (path, 503, "5")
            assert time.monotonic() - began < 2
            assert "Traceback" not in body
            assert "s3cret" not in body
            assert "127.0.0.1" not in body
        assert site.get("/")[1]["Content-Type"] == "text/html; charset=utf-8"
        assert site.get("/api/v1/statements/")[1]["Content-Type"] == "application/problem+json"
        site.process.send_signal(signal.SIGINT)
        _, log = site.process.communicate(timeout=20)
        assert "the database cannot be reached" in log
        assert "Traceback" not in log
