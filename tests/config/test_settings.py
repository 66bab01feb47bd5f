"""The environment is read once, at the start: safe by default, and one clear line for what it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.server import PROJECT
from tests.config.processes import environment

ELSEWHERE = "postgres://ada:s3cret@db.example.org:5433/parley"
LONG = "x" * 50

WRONG = [
    ({"DEBUG": "maybe"}, "DEBUG is 'maybe': write true or false."),
    ({"PARLEY_PUBLIC": "2"}, "PARLEY_PUBLIC is '2': write true or false."),
    ({"PARLEY_HTTPS": "https"}, "PARLEY_HTTPS is 'https': write true or false."),
    ({"DATABASE_URL": "sqlite:///parley.db"}, "DATABASE_URL is not a PostgreSQL address"),
    ({"DATABASE_URL": "mysql://ada:s3cret@db/parley"}, "DATABASE_URL is not a PostgreSQL address"),
    ({"DATABASE_URL": "postgres://ada:s3cret@db:port/parley"}, "DATABASE_URL cannot be read"),
    ({"DATABASE_URL": "postgres://ada:s3cret@[db/parley"}, "DATABASE_URL cannot be read"),
    ({"DATABASE_URL": "postgres://ada:s3cret@db"}, "DATABASE_URL names no database"),
    ({"SECRET_KEY": "secret"}, "SECRET_KEY is too short"),
    ({"ALLOWED_HOSTS": "https://parley.example.org/"}, "ALLOWED_HOSTS has 'https://parley.example.org/'"),
    ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL names no way to send mail"),
    ({"EMAIL_URL": "smtps://ada:s3cret@mail.example.org"}, "EMAIL_URL names no way to send mail"),
    ({"EMAIL_URL": "smtp://ada:s3cret@mail.example.org:port"}, "EMAIL_URL cannot be read"),
    ({"EMAIL_URL": "smtp+tls://"}, "EMAIL_URL names no mail server"),
    ({"EMAIL_FROM": "Parley"}, "EMAIL_FROM is 'Parley': write an address"),
    ({"PARLEY_DATA_DIR": "/dev/null/parley"}, "PARLEY_DATA_DIR is /dev/null/parley, which cannot be made"),
    ({"PARLEY_DATA_DIR": "/proc"}, "PARLEY_DATA_DIR is /proc, where this user may not write"),
]


def settings(data: Path, names: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """What a process that starts with this environment makes of it."""
    code = f"from config import settings as s; print({names})"
    return run([sys.executable, "-c", code], data, **env)


def run(command: list[str], data: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    wanted = {**environment(data), **env}
    return subprocess.run(command, cwd=PROJECT, env=wanted, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("env", "line"), WRONG, ids=lambda value: str(value)[:40])
def test_a_bad_value_is_one_clear_line_and_status_2(env: dict[str, str], line: str, tmp_path: Path) -> None:
    done = settings(tmp_path, "s.DEBUG", **env)
    assert done.returncode == 2
    assert done.stderr.startswith(f"parley: {line}")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [["manage.py", "check"], ["-m", "gunicorn", "--config", "config/gunicorn.py"]],
    ids=["manage.py", "gunicorn"],
)
def test_commands_and_the_web_server_stop_at_a_bad_value(command: list[str], tmp_path: Path) -> None:
    done = run([sys.executable, *command], tmp_path, DEBUG="maybe")
    assert (done.returncode, done.stderr) == (2, "parley: DEBUG is 'maybe': write true or false.\n")


def test_a_database_that_is_not_there_is_one_line_to_a_command(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "manage.py", "migrate"], tmp_path, DATABASE_URL="postgres://ada:s3cret@127.0.0.1:1/none"
    )
    assert done.returncode == 2
    assert done.stderr.startswith("parley: the database cannot be reached: ")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


def test_without_an_environment_it_is_closed_to_the_world(tmp_path: Path) -> None:
    done = settings(tmp_path, "s.DEBUG, s.ALLOWED_HOSTS, s.PARLEY_PUBLIC, s.DATABASES['default']['ENGINE']")
    assert done.stdout == "False ['127.0.0.1', 'localhost', '[::1]'] True config.embedded\n"


def test_a_database_elsewhere_needs_no_data_directory(tmp_path: Path) -> None:
    nowhere = tmp_path / "never-made"
    names = "[s.DATABASES['default'][name] for name in ('ENGINE', 'NAME', 'USER', 'HOST', 'PORT')]"
    done = settings(nowhere, names, DATABASE_URL=ELSEWHERE, SECRET_KEY=LONG)
    assert done.stdout == "['django.db.backends.postgresql', 'parley', 'ada', 'db.example.org', 5433]\n"
    assert not nowhere.exists()


def test_mail_goes_where_its_address_says_and_nowhere_without_one(tmp_path: Path) -> None:
    names = "s.PARLEY_MAIL, s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.DEFAULT_FROM_EMAIL"
    wanted = {"EMAIL_URL": "smtp+tls://ada%40example.org:s%2Fcret@mail.example.org", "ALLOWED_HOSTS": ".example.org"}
    assert settings(tmp_path, names, **wanted).stdout == "True mail.example.org 587 s/cret True ada@example.org\n"
    wanted["EMAIL_URL"] = "smtp://mail.example.org"
    assert settings(tmp_path, names, **wanted).stdout == "True mail.example.org 25  False parley@example.org\n"
    done = settings(tmp_path, "s.PARLEY_MAIL, s.EMAIL_BACKEND, s.PARLEY_HOST")
    assert done.stdout == "False django.core.mail.backends.dummy.EmailBackend 127.0.0.1\n"


def test_a_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Also when many processes start at the same instant."""
    command = [sys.executable, "-c", "from config.settings import SECRET_KEY; print(SECRET_KEY)"]
    started = [
        subprocess.Popen(command, cwd=PROJECT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    (key,) = {process.communicate(timeout=60)[0] for process in started}
    assert len(key) > 60
    assert settings(tmp_path, "s.SECRET_KEY").stdout == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_behind_https_everything_is_https_but_the_probes(tmp_path: Path) -> None:
    names = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0"
    assert settings(tmp_path, names, PARLEY_HTTPS="true").stdout == "True True True True\n"
    assert settings(tmp_path, names).stdout == "False False False False\n"
    done = run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, PARLEY_HTTPS="true"
    )
    assert done.returncode == 0, done.stderr
