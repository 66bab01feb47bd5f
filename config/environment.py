"""Reading the environment: what each variable may be, and one clear line (exit status 2) where it is something else."""

import os
import secrets
import sys
import tempfile
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

env = environ.Env()


def refuse(name: str, problem: str) -> NoReturn:
    """Stop at once, in manage.py and in the web server alike: a traceback would hide the one thing to mend."""
    sys.stderr.write(f"parley: {name} {problem}\n")
    raise SystemExit(2)


def flag(name: str, default: bool) -> bool:
    value = env.str(name, default="").strip().lower()
    if value in ("", "true", "1", "yes", "on", "false", "0", "no", "off"):
        return value in ("true", "1", "yes", "on") if value else default
    refuse(name, f"is {value!r}: write true or false.")


def hosts(name: str, default: list[str]) -> list[str]:
    """Host names with commas between. A scheme or a path would match nothing, and every page would be refused."""
    names = [host.strip() for host in env.str(name, default="").split(",") if host.strip()]
    for host in names:
        if "/" in host or " " in host:
            refuse(name, f"has {host!r}: write host names with commas between, as in parley.example.org,localhost.")
    return names or default


def data_directory(name: str, default: Path) -> Path:
    return Path(env.str(name, default="") or default).expanduser().resolve()


def writable(directory: Path) -> Path:
    """The data directory, made where needed: only for what has to be written into it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse("PARLEY_DATA_DIR", f"is {directory}, which cannot be made: {error.strerror}.")
    try:
        tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        refuse("PARLEY_DATA_DIR", f"is {directory}, where this user may not write: {error.strerror}.")
    return directory


def database(name: str, data: Path) -> dict[str, Any]:
    """The database of the URL, or the embedded server, which starts at its first connection."""
    url = env.str(name, default="").strip()
    if not url:
        folder = writable(data) / "postgres"
        return {"ENGINE": "config.embedded", "NAME": "parley", "USER": "parley", "HOST": str(folder)}
    example = "postgres://user:password@host:5432/parley"
    if not url.startswith(("postgres://", "postgresql://")):
        refuse(name, f"is not a PostgreSQL address: write {example}, or leave it out for the embedded server.")
    try:
        urlsplit(url)  # says more than the next line does
        config: dict[str, Any] = env.db_url(name)
    except ValueError:  # said without the value, which may hold a password
        refuse(name, f"cannot be read: write {example}, with %-escapes for special characters.")
    if not config.get("NAME"):
        refuse(name, f"names no database: write {example}.")
    return config


MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "consolemail": 0}


def mail(name: str) -> dict[str, Any]:
    """Django's mail settings of the URL; none where it is not set, and then no mail is sent."""
    url = env.str(name, default="").strip()
    if not url:
        return {}
    example = "smtp+tls://user:password@mail.example.org:587"
    scheme = url.partition("://")[0]
    if "://" not in url or scheme not in MAIL_PORTS:
        refuse(name, f"names no way to send mail: write {example}; also smtp://, smtp+ssl:// and consolemail://.")
    try:
        config: dict[str, Any] = env.email_url(name)
    except ValueError:  # said without the value, which may hold a password
        refuse(name, f"cannot be read: write {example}, with %-escapes for special characters.")
    if scheme != "consolemail" and not config["EMAIL_HOST"]:
        refuse(name, f"names no mail server: write {example}.")
    config["EMAIL_PORT"] = config["EMAIL_PORT"] or MAIL_PORTS[scheme]
    return {key: value or "" for key, value in config.items() if key.startswith("EMAIL_")}


def sender(name: str, default: str) -> str:
    """Whom mail comes from: an address, or a name and an address."""
    given = env.str(name, default="").strip() or default
    user, _, host = parseaddr(given)[1].partition("@")
    if not user or not host or not given.isprintable():
        refuse(name, f"is {given!r}: write an address, as in parley@example.org or Parley <parley@example.org>.")
    return given


def secret_key(name: str, data: Path) -> str:
    """The key given, or one made once and kept where only this user may read it."""
    value = env.str(name, default="")
    if value and len(value) < 32:
        refuse(name, "is too short: give at least 32 random characters, or leave it out and one is made and kept.")
    if value:
        return value
    kept = writable(data) / "secret_key"
    if not kept.exists():
        _keep_secret(kept)
    try:
        return kept.read_text().strip() or refuse(name, f"is empty in {kept}: delete that file and one is made.")
    except OSError as error:
        refuse(name, f"cannot be read from {kept}: {error.strerror}.")


def _keep_secret(kept: Path) -> None:
    """Of several processes that start at once the first link wins; a file half-written is never seen."""
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
