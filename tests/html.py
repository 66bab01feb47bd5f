"""Pages as a reader's browser has them: parsed, and with a fragment swapped in as htmx does it."""

from typing import Any

from bs4 import BeautifulSoup


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(node: Any) -> str:
    """What can be read there, with single spaces."""
    return " ".join(node.get_text(" ").split())


def htmx(target: str) -> dict[str, str]:
    """The headers of a request that htmx makes for `#target`."""
    return {"HX-Request": "true", "HX-Target": target}


def apply_swap(page: BeautifulSoup, fragment: BeautifulSoup, target: str) -> BeautifulSoup:
    """The page after htmx has put the fragment in the place of `#target` (outerHTML)."""
    roots = [node for node in fragment.contents if getattr(node, "name", None)]
    assert [root.get("id") for root in roots] == [target], "a fragment is its target, and nothing beside it"
    place = page.find(id=target)
    assert place, f"the page has no #{target}"
    place.replace_with(roots[0])
    return page


def assert_same_page(left: BeautifulSoup, right: BeautifulSoup) -> None:
    """The same elements, attributes and words; white space between them says nothing."""
    assert _tree(left.body) == _tree(right.body)


def _tree(node: Any) -> Any:
    if getattr(node, "name", None) is None:
        return " ".join(str(node).split())
    children = [_tree(child) for child in node.children]
    return node.name, sorted((name, str(value)) for name, value in node.attrs.items()), [c for c in children if c != ""]
