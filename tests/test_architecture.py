"""What the code's own shape promises: who imports whom, and how long a file may grow."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SOURCE_FILES = sorted(
    path
    for app in ("config", "sources", "claims")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add((node.module or "").split(".")[0])
    return found


def test_the_record_does_not_know_its_interpretation() -> None:
    guilty = [path for path in (ROOT / "sources").rglob("*.py") if "claims" in imports(path)]
    assert guilty == []
    strings = re.compile(r"""["']claims\.[A-Z]""")
    assert [path for path in (ROOT / "sources").rglob("*.py") if strings.search(path.read_text())] == []


def test_what_is_shared_by_all_views_knows_no_app() -> None:
    assert imports(ROOT / "config" / "http.py") & {"claims", "sources"} == set()


@pytest.mark.parametrize("path", SOURCE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_outgrows_one_thing(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_no_file_has_a_name_that_takes_anything() -> None:
    anything = {"utils.py", "helpers.py", "services.py", "common.py", "misc.py", "signals.py"}
    assert [path for path in SOURCE_FILES if path.name in anything] == []


def test_no_template_carries_script_or_style() -> None:
    inline = re.compile(
        r"""\bon(click|change|submit|load)=|\bstyle=["']|<style|javascript:|hx-on|<script(?![^>]*\bsrc=)(?![^>]*ld\+json)"""
    )
    guilty = [path for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())]
    assert guilty == []


def test_every_template_is_used() -> None:
    code = "".join(path.read_text() for path in SOURCE_FILES) + "".join(
        path.read_text() for path in (ROOT / "templates").rglob("*.html")
    )
    django_finds_by_name = {"404.html", "403.html", "400.html", "500.html", "403_csrf.html"}
    names = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")}
    own = {name for name in names if not name.startswith("admin/")} - django_finds_by_name
    # A partial may be named by its last part only where the name is put together, as `_{target}.html`.
    assert [name for name in sorted(own) if name not in code and "_{target}.html" not in code] == []
