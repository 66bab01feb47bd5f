"""The keeper: starts the embedded server as its own child and stops it when nobody is left.

Run as `python -m config.embedded.keeper FOLDER LOCK` with the locked `keeper.lock` open as file number LOCK. The
caller's child ends when the server is ready (status 0) or did not start (the reason on stderr); the keeper lives on.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from config.embedded.server import DATABASE, MAJOR, PORT, USER, Server, ServerError, binaries

LOG_LIMIT = 1_000_000  # bytes: a longer log is begun anew at the next start


def main(folder: str, lock: str) -> None:
    told, tell = os.pipe()
    if os.fork():
        os.close(tell)
        with os.fdopen(told) as report:
            sys.exit(report.read() or None)
    os.close(told)
    server = Server(Path(folder))
    detach(server)
    try:
        process = start(server)
    except Exception as error:
        os.write(tell, str(error).encode())
        raise
    os.close(tell)
    stop_when_unused(server, process)
    os.close(int(lock))  # first this, then the lock in use (by ending): whoever gets that one must find no keeper


def detach(server: Server) -> None:
    """A session of its own, so that a Ctrl-C meant for the caller does not reach the server."""
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    log = server.open("log")
    if os.fstat(log).st_size > LOG_LIMIT:
        os.truncate(log, 0)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())


def start(server: Server) -> psutil.Process:
    """The running server: a new child, or one that lost its keeper. Returns when it takes connections."""
    server.prepare()
    if not server.data.exists():
        initialise(server)
    made_by = (server.data / "PG_VERSION").read_text().strip()
    if made_by != str(MAJOR):
        raise ServerError(
            f"{server.data} was made by PostgreSQL {made_by} and Parley now brings {MAJOR}: "
            "see Upgrades in docs/operators.md."
        )
    process = server.postmaster()
    patience = time.monotonic() + 20
    while True:
        process = process or launch(server)
        if became_ready(server, process):
            return process
        process = None
        # After a kill -9 the old server's children may need a moment to notice; the new one refuses to run beside them.
        if "still in use" not in last_words(server) or time.monotonic() > patience:
            raise ServerError(f"The embedded PostgreSQL did not start: {last_words(server).splitlines()[-1]}")
        time.sleep(0.2)


def initialise(server: Server) -> None:
    """Make the data directory beside its place and move it there, so that a killed start leaves nothing half-made."""
    new = server.folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    run(
        server, "initdb", "--pgdata", str(new), "--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
    )  # fmt: skip
    run(server, "postgres", "--single", "-D", str(new), "postgres", say=f"CREATE DATABASE {DATABASE}\n")
    new.rename(server.data)


def run(server: Server, program: str, *arguments: str, say: str = "") -> None:
    done = subprocess.run(
        [binaries() / program, *arguments], input=say, capture_output=True, text=True, check=False,
        cwd=server.folder, env=environment(), **server.as_account(),
    )  # fmt: skip
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
        raise ServerError(f"{program} failed in {server.folder}: {lines[-1]}")


def launch(server: Server) -> psutil.Process:
    forget_dead(server)
    sockets = make_socket_folder(server)
    settings = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{shared_buffers()}MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return psutil.Popen(
        [binaries() / "postgres", "-D", str(server.data), *options],
        stdin=subprocess.DEVNULL, cwd=server.folder, env=environment(), **server.as_account(),
    )  # fmt: skip


def forget_dead(server: Server) -> None:
    """PostgreSQL refuses to start while the process number in its lock files is alive: a zombie, or after a container's
    restart any program with that number. Our own number, its parent's, it ignores; the rest of postmaster.pid stays,
    as it guards against children of the old server that still run."""
    lines = server.status()
    if lines:
        (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    (server.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def make_socket_folder(server: Server) -> Path:
    folder, account = server.socket_folder, server.account
    if folder != server.folder:
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and not folder.is_symlink() and folder.stat().st_uid == 0:
            os.chown(folder, account.pw_uid, account.pw_gid)
        if folder.is_symlink() or folder.stat().st_uid != account.pw_uid:
            raise ServerError(f"{folder} is not owned by {account.pw_name}: remove it.")
    return folder


def shared_buffers() -> int:
    """Megabytes: an eighth of the memory, between PostgreSQL's default and the gigabyte that helps full-text search."""
    return max(128, min(1024, psutil.virtual_memory().total // 2**20 // 8))


def environment() -> dict[str, str]:
    """Without the PG* variables of the caller, which would move the server's port or its data."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def became_ready(server: Server, process: psutil.Process) -> bool:
    """Wait, as long as recovery takes, until the server takes connections; false if it ended instead."""
    while not server.is_ready(process.pid):
        try:
            process.wait(timeout=0.02)
        except psutil.TimeoutExpired:
            continue
        return False
    return True


def last_words(server: Server) -> str:
    return (server.folder / "log").read_text(errors="replace")[-2000:].strip() or "its log is empty"


def stop_when_unused(server: Server, process: psutil.Process) -> None:
    """Returns when the server has ended: stopped from here, or killed, in which case the next connection starts it."""
    in_use = server.open("in-use.lock")

    def stop() -> None:
        fcntl.flock(in_use, fcntl.LOCK_EX)
        process.send_signal(signal.SIGINT)  # "fast": open transactions are rolled back

    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    threading.Thread(target=stop, daemon=True).start()
    process.wait()
    if server.socket_folder != server.folder:
        shutil.rmtree(server.socket_folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
