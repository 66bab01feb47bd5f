"""Real processes for the tests of the embedded server: what makes, asks, kills and outlives them."""

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from config.embedded.server import PROJECT, Server

# Answers each SQL query on its standard input with the first value of the first row, or the kind of error.
ASKED = """
import signal, sys
import django
signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
django.setup()
from django.db import Error, connection
for query in sys.stdin:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            print(cursor.fetchone()[0] if cursor.description else "done", flush=True)
    except Error as error:
        connection.close()
        print(type(error).__name__, flush=True)
"""


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PARLEY_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings", **more}


class Client:
    """A process with a Django connection to the embedded server of a data directory."""

    def __init__(self, data: Path, **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", ASKED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=PROJECT, env=environment(data), **options,
        )  # fmt: skip

    def ask(self, query: str) -> str:
        self.begin(query)
        return self.answer()

    def begin(self, query: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(query + "\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.leave()

    def leave(self) -> None:
        self.process.communicate(timeout=30)


@contextmanager
def clients(data: Path, count: int, **options: Any) -> Iterator[list[Client]]:
    made = [Client(data, **options) for _ in range(count)]
    try:
        yield made
    finally:
        for client in made:
            client.kill()


def server(data: Path) -> Server:
    return Server(data / "postgres")


def kill_server(data: Path) -> None:
    """As `kill -9` does; returns when the children of the server have noticed, too."""
    postmaster = server(data).postmaster()
    assert postmaster
    everyone = [postmaster, *postmaster.children(recursive=True)]
    postmaster.kill()
    assert eventually(lambda: not any(_lives(process) for process in everyone))


def keepers(data: Path) -> list[psutil.Process]:
    folder = str((data / "postgres").resolve())
    return [
        process
        for process in psutil.process_iter()
        if _command(process)[1:4] == ["-m", "config.embedded.keeper", folder] and _lives(process)
    ]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def is_stopped(data: Path) -> bool:
    return server(data).postmaster() is None and not keepers(data)


def eventually(happens: Callable[[], object], seconds: float = 20) -> bool:
    """Ask again and again until it is so, or time is up."""
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def accounts() -> list[str]:
    """The users that can run Parley here: this one, and as root also an ordinary one, where it can reach the Python."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() != 0:
        return [me]
    probe = subprocess.run(
        ["/bin/sh", "-c", f"exec '{sys.executable}' -c ''"], user="nobody", check=False, stderr=subprocess.DEVNULL
    )
    return [me] if probe.returncode else [me, "nobody"]
