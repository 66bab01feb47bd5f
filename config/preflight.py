"""What would stop `make demo` is said first, in one line: a port in use, a folder that cannot be written.

Runs before anything is installed, so it imports nothing else: python config/preflight.py [PORT]
"""

import os
import socket
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def problem(arguments: list[str]) -> "str | None":
    data = Path(os.environ.get("PARLEY_DATA_DIR") or PROJECT / "var")
    for folder in (PROJECT / ".venv", data):
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        # /proc says yes to root and then refuses: so it is tried
        if not os.access(nearest, os.W_OK | os.X_OK) or not nearest.is_dir() or not can_make_a_folder_in(nearest):
            return f"this user may not write in {nearest}, where {folder.name}/ belongs."
    for port in arguments:
        trouble = port_problem(port)
        if trouble:
            return trouble
    return None


def can_make_a_folder_in(folder: Path) -> bool:
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".parley-", dir=folder))
    except OSError:
        return False
    return True


def port_problem(port: str) -> "str | None":
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT is {port!r}: give a number from 1 to 65535, as in PORT=9000 make demo."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("PARLEY_BIND", "127.0.0.1"), int(port)))
        except PermissionError:
            return f"port {port} needs an administrator: choose another, as in PORT=9000 make demo."
        except OSError as error:
            return f"port {port} is in use ({error.strerror}): choose another, as in PORT=9000 make demo."
    return None


if __name__ == "__main__":
    found = problem(sys.argv[1:])
    if found:
        sys.stderr.write(f"parley: {found}\n")
        raise SystemExit(2)
