"""Every file that others made is listed with its hash, and is the file that is served."""

import hashlib
import re
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent


def test_the_list_of_vendored_files_names_each_font_and_its_hash() -> None:
    listed = dict(re.findall(r"^\| (static/\S+) \|.*`([0-9a-f]{64})` \|$", (BASE / "docs/vendor.md").read_text(), re.M))
    served = {
        str(path.relative_to(BASE)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (BASE / "static/fonts").glob("*.woff2")
    }
    assert listed == served
    assert sum(path.stat().st_size for path in (BASE / "static/fonts").glob("*.woff2")) < 350_000
