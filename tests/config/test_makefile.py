"""What would stop `make` is one clear line, said before anything long."""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from config.embedded.server import PROJECT


def make(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PARLEY"))}
    return subprocess.run(
        ["make", *arguments], cwd=PROJECT, env={**clean, **env}, capture_output=True, text=True, check=False, timeout=60
    )


def complaint(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of ours; make adds its own."""
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1
    assert done.stdout == ""
    return lines[0]


def test_help_names_every_command_and_is_what_make_does_alone() -> None:
    documented = re.findall(r"^([a-z-]+):.*## ", (PROJECT / "Makefile").read_text(), re.M)
    assert {"help", "demo", "test", "lint"} <= set(documented)
    shown = make().stdout
    assert shown == make("help").stdout
    assert [name for name in documented if f"make {name} " not in shown] == []


@pytest.mark.parametrize("command", ["demo", "test", "lint"])
def test_an_old_python_is_refused(command: str, tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert complaint(make(command, f"PYTHON={old}")) == (
        f"parley: Python 3.11 or newer is needed, and {old} is not that: choose one with PYTHON=/path/to/python3."
    )


def test_a_port_in_use_is_said_first() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = complaint(make("demo", PORT=str(port)))
    assert line.startswith(f"parley: port {port} is in use")
    assert line.endswith("choose another, as in PORT=9000 make demo.")


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", ""])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    assert "give a number from 1 to 65535" in complaint(make("demo", f"PORT={port}"))


def test_a_folder_that_cannot_be_written_is_said_first() -> None:
    assert "may not write in" in complaint(make("demo", "PORT=18999", PARLEY_DATA_DIR="/dev/null/parley"))
