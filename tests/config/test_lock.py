"""The pinned packages: hashed, from no particular host, and the same with and without the test tools."""

import re

import pytest

from config.embedded.server import PROJECT

LOCKS = ("requirements.txt", "requirements-dev.txt")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (PROJECT / lock).read_text(), re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9-]+==)", (PROJECT / lock).read_text(), flags=re.M)[1:]
    assert len(entries) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_development_lock_repeats_every_pin() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("stem", ["requirements", "requirements-dev"])
def test_every_package_asked_for_is_pinned(stem: str) -> None:
    lines = (PROJECT / f"{stem}.in").read_text().lower().splitlines()
    asked = {re.split(r"[~=<>\[ ]", line)[0] for line in lines if re.match(r"[a-z]", line)}
    assert asked <= pins(f"{stem}.txt").keys()
