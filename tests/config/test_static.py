"""Static files as they are served: hashed, and each asking for the others by names that exist."""

import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_every_module_imports_files_that_are_served(tmp_path: Path) -> None:
    """Only hashed names are kept, so a module that imports a plain one would not load."""
    collected = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={"PARLEY_DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@localhost/none", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert collected.returncode == 0, collected.stderr
    folder = tmp_path / "static" / "js" / "workbench"
    modules = [path for path in folder.glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    imported = {
        name for path in modules for name in re.findall(r"""(?:from|import)\s*\(?["']([^"']+)["']""", path.read_text())
    }
    assert imported
    assert [name for name in imported if not re.search(r"\.[0-9a-f]{12}\.js$", name)] == []
    assert [name for name in imported if not (folder / name).is_file()] == []
