"""The embedded server, with real processes: shared, stopped with its last user, and there again after a kill."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.embedded.server import PROJECT
from tests.config.processes import accounts, clients, environment, eventually, is_stopped, keepers, kill_server, server


def fresh_folder() -> Path:
    """Straight in the temporary directory: a socket's address must be short, and root's must be passable."""
    return Path(tempfile.mkdtemp(prefix="parley-test-"))


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data directory for all: each test leaves its server stopped."""
    folder = fresh_folder()
    yield folder
    assert eventually(lambda: is_stopped(folder))
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def stopped_afterwards(data: Path) -> Iterator[None]:
    yield
    assert eventually(lambda: is_stopped(data))


POSTMASTER = "SELECT pg_postmaster_start_time()"


def test_processes_share_one_server_and_it_stops_with_the_last(data: Path) -> None:
    with clients(data, 2) as (one, two):
        assert one.ask(POSTMASTER) == two.ask(POSTMASTER)
        one.leave()
        assert two.ask("SELECT 1") == "1"
        assert not is_stopped(data)
        two.leave()
        assert eventually(lambda: is_stopped(data))


def test_processes_that_start_at_the_same_instant_get_one_server() -> None:
    folder = fresh_folder()  # a new one: they race for making it, too
    with clients(folder, 5) as five:
        for client in five:
            client.begin(POSTMASTER)
        assert len({client.answer() for client in five}) == 1
        assert len(keepers(folder)) == 1
    assert eventually(lambda: is_stopped(folder))
    shutil.rmtree(folder)


def test_a_killed_process_neither_keeps_the_server_up_nor_takes_it_down(data: Path) -> None:
    with clients(data, 2) as (one, two):
        started = two.ask(POSTMASTER)
        assert one.ask(POSTMASTER) == started
        one.kill()
        assert two.ask(POSTMASTER) == started
        two.kill()
        assert eventually(lambda: is_stopped(data))


def test_a_killed_server_is_started_by_the_next_connection_with_what_was_committed(data: Path) -> None:
    with clients(data, 2) as (one, two):
        one.ask("CREATE TABLE kept AS SELECT 42 AS answer")
        assert two.ask("SELECT answer FROM kept") == "42"
        kill_server(data)
        assert one.ask("SELECT answer FROM kept") == "OperationalError"  # an open connection fails once
        assert one.ask("SELECT answer FROM kept") == "42"
        two.ask("SELECT 1")
        assert two.ask("SELECT answer FROM kept") == "42"
        assert two.ask("DROP TABLE kept") == "done"


def test_a_server_whose_keeper_was_killed_is_adopted_and_stopped(data: Path) -> None:
    with clients(data, 1) as (one,):
        started = one.ask(POSTMASTER)
        (keeper,) = keepers(data)
        keeper.kill()
        with clients(data, 1) as (two,):
            assert two.ask(POSTMASTER) == started
            assert len(keepers(data)) == 1
        one.leave()
        assert eventually(lambda: is_stopped(data))


def test_another_program_with_the_dead_servers_number_does_not_stand_in_the_way(data: Path) -> None:
    with clients(data, 1) as (one,):
        one.ask("SELECT 1")
        (keeper,), postmaster = keepers(data), server(data).postmaster()
        assert postmaster
        keeper.kill()
        postmaster.kill()
    postmaster.wait(20)
    pid_file = data / "postgres" / "data" / "postmaster.pid"
    other = subprocess.Popen(["sleep", "600"], **same_user(pid_file))
    try:
        pid_file.write_text(pid_file.read_text().replace(str(postmaster.pid), str(other.pid), 1))
        with clients(data, 1) as (two,):
            assert two.ask("SELECT 1") == "1"
    finally:
        other.kill()
        other.wait(20)


def same_user(file: Path) -> dict[str, int]:
    """PostgreSQL fears only a process of its own user."""
    return {"user": file.stat().st_uid, "group": file.stat().st_gid} if os.geteuid() == 0 else {}


def test_ctrl_c_in_one_terminal_leaves_the_server_to_the_others(data: Path) -> None:
    with clients(data, 1, start_new_session=True) as (one,), clients(data, 1) as (two,):
        started = one.ask(POSTMASTER)
        two.ask("SELECT 1")
        os.killpg(one.process.pid, signal.SIGINT)
        one.process.wait(20)
        assert two.ask(POSTMASTER) == started


def test_a_folder_too_long_for_a_socket_address_works() -> None:
    top = fresh_folder()
    folder = top / ("long-" * 20) / ("name-" * 20)
    with clients(folder, 2) as (one, two):
        assert one.ask(POSTMASTER) == two.ask(POSTMASTER)
        sockets = server(folder).socket_folder
        assert not sockets.is_relative_to(folder)
        assert sockets.stat().st_mode & 0o077 == 0
    assert eventually(lambda: is_stopped(folder) and not sockets.exists())
    shutil.rmtree(top)


def test_a_folder_with_a_space_and_a_comma_in_its_name_works() -> None:
    top = fresh_folder()
    with clients(top / "a b, c'd", 1) as (one,):
        assert one.ask("SELECT 1") == "1"
    assert eventually(lambda: is_stopped(top / "a b, c'd"))
    shutil.rmtree(top)


def test_what_a_killed_first_start_left_behind_is_made_anew() -> None:
    folder = fresh_folder()
    half_made = folder / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with clients(folder, 1) as (one,):
        assert one.ask("SELECT 1") == "1"
    assert eventually(lambda: is_stopped(folder))
    assert not half_made.exists()
    shutil.rmtree(folder)


def test_it_speaks_utf_8_sorts_by_code_point_and_listens_on_no_network(data: Path) -> None:
    with clients(data, 1) as (one,):
        assert one.ask("SHOW server_encoding") == "UTF8"
        assert one.ask("SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
        assert one.ask("SELECT upper('é') || ('Z' < 'a')") == "Étrue"
        assert one.ask("SHOW listen_addresses") == ""
        postmaster = server(data).postmaster()
        assert postmaster
        assert postmaster.net_connections(kind="inet") == []


def test_nobody_else_may_connect_or_read(data: Path) -> None:
    with clients(data, 1) as (one,):
        one.ask("SELECT 1")
        assert (data / "postgres").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", accounts())
def test_it_works_for_root_and_for_an_ordinary_user(name: str) -> None:
    with folder_of(name) as (folder, as_user):
        with clients(folder, 2, **as_user) as (one, two):
            assert one.ask(POSTMASTER) == two.ask(POSTMASTER)
        assert eventually(lambda: is_stopped(folder))


@pytest.mark.parametrize("name", accounts())
def test_root_shares_a_users_server_and_leaves_the_files_theirs(name: str) -> None:
    with folder_of(name) as (folder, as_user):
        for first, second in ((as_user, {}), ({}, as_user)):
            with clients(folder, 1, **first) as (one,):
                started = one.ask(POSTMASTER)
                with clients(folder, 1, **second) as (two,):
                    assert two.ask(POSTMASTER) == started
            assert eventually(lambda: is_stopped(folder))
        assert len({path.stat().st_uid for path in (folder / "postgres").iterdir()}) == 1


@contextmanager
def folder_of(name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A data directory of that user, and how subprocess becomes that user."""
    folder, user = fresh_folder(), pwd.getpwnam(name)
    os.chown(folder, user.pw_uid, user.pw_gid)
    yield folder, {} if user.pw_uid == os.geteuid() else {"user": name, "group": user.pw_gid, "extra_groups": []}
    shutil.rmtree(folder)


def test_a_folder_of_another_version_is_refused_in_one_line(data: Path) -> None:
    with clients(data, 1) as (one,):
        one.ask("SELECT 1")
    assert eventually(lambda: is_stopped(data))
    version = data / "postgres" / "data" / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("12\n")
    done = manage(data, "migrate")
    version.write_text(made_by)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "made by PostgreSQL 12 and Parley now brings 18: see Upgrades in docs/operators.md" in done.stderr


def test_commands_that_need_no_database_start_none() -> None:
    folder = fresh_folder()
    for command in (["help"], ["check"], ["collectstatic", "--dry-run", "--no-input", "--verbosity", "0"]):
        assert manage(folder, *command).returncode == 0
    assert not (folder / "postgres").exists()
    shutil.rmtree(folder)


def manage(data: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT, env=environment(data), capture_output=True, text=True, check=False,
    )  # fmt: skip
