"""What a page asks while somebody works: who is here, what has changed; and the forms that it keeps."""

import datetime
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from claims.models import KeptForm, Presence
from claims.models.bench import MAX_BODY, STILL_HERE
from sources.models import Source
from tests.conftest import TEXT, Draft
from tests.html import soup

# Pulse


def beat(at: Any, mark: str = "", editing: Any = None) -> dict[str, Any]:
    told: dict[str, Any] = at.post("pulse/", {"mark": mark, "editing": editing}).json()
    return told


def test_editors_of_one_source_hear_of_each_other_and_of_what_they_edit(
    bench: Any, ann: User, bob: User, draft: Draft
) -> None:
    statement = draft()
    assert beat(bench(ann), editing=statement.public_id)["here"] == []
    assert beat(bench(bob))["here"] == [{"name": "ann", "editing": statement.public_id}]
    assert beat(bench(ann))["here"] == [{"name": "bob", "editing": ""}]


def test_who_has_gone_is_not_here(bench: Any, ann: User, bob: User, article: Source) -> None:
    beat(bench(ann))
    Presence.objects.update(seen_at=timezone.now() - STILL_HERE - datetime.timedelta(seconds=1))
    assert beat(bench(bob))["here"] == []


def test_somebody_at_another_source_is_not_here(bench: Any, ann: User, bob: User, article: Source) -> None:
    other = Source.objects.create(title="Other", publisher=article.publisher, published_on="2031-03-02")
    beat(bench(ann, other))
    assert beat(bench(bob))["here"] == []


def test_versions_are_told_when_any_has_changed_and_only_then(bench: Any, ann: User, bob: User, draft: Draft) -> None:
    at = bench(bob)
    mark = soup(at.get()).find(id="workbench")["data-mark"]
    assert "versions" not in beat(at, mark)
    statement = draft()
    told = beat(at, mark)
    assert told["versions"] == {statement.public_id: 1}
    assert "versions" not in beat(at, told["mark"])
    statement.edit(by=ann, cue="told")
    assert beat(at, told["mark"])["versions"] == {statement.public_id: 2}
    statement.discard(by=ann)
    assert beat(at, told["mark"])["versions"] == {}


def test_a_new_text_is_told_too(bench: Any, ann: User, article: Source) -> None:
    told = beat(bench(ann))
    revision = article.add_revision(TEXT + " More.")
    assert beat(bench(ann), told["mark"])["revision"] == revision.pk


def test_it_says_to_whom_the_browser_is_logged_in(bench: Any, ann: User, bob: User) -> None:
    assert beat(bench(ann))["user"] == {"id": ann.pk, "name": "ann"}
    assert bench(bob).get("token/").json()["user"] == {"id": bob.pk, "name": "bob"}


@pytest.mark.parametrize("editing", [7, ["x"], "x" * 500])
def test_nonsense_about_what_is_edited_does_no_harm(editing: Any, bench: Any, ann: User) -> None:
    assert "here" in beat(bench(ann), editing=editing)


# Kept forms


def keep(at: Any, body: Any, key: str | None = None) -> Any:
    return at.post(f"kept/{key or uuid.uuid4()}/", {"body": body})


def kept_of(at: Any) -> list[Any]:
    import json

    return [kept["body"] for kept in json.loads(soup(at.get()).find(id="kept").string)]


BODY = {"cue": "sa", "note": "half a sent 👩\u200d👧 </script> שלום \ud800 \u0000"}


def test_an_unfinished_form_comes_back_as_it_was_typed(bench: Any, ann: User, article: Source) -> None:
    key = str(uuid.uuid4())
    for body in ({"cue": "s"}, BODY):
        assert keep(bench(ann), body, key).status_code == 200
    assert kept_of(bench(ann)) == [BODY]
    assert KeptForm.objects.count() == 1


def test_nobody_else_sees_it_and_no_other_source(bench: Any, ann: User, cleo: User, article: Source) -> None:
    keep(bench(ann), BODY)
    other = Source.objects.create(title="Other", publisher=article.publisher, published_on="2031-03-02")
    assert (kept_of(bench(cleo)), kept_of(bench(ann, other))) == ([], [])


def test_nobody_writes_into_the_form_of_another(bench: Any, ann: User, bob: User) -> None:
    key = str(uuid.uuid4())
    keep(bench(ann), BODY, key)
    keep(bench(bob), {"cue": "x"}, key)
    bench(bob).post(f"kept/{key}/discard/")
    assert kept_of(bench(ann)) == [BODY]


def test_a_discarded_form_is_gone(bench: Any, ann: User) -> None:
    key = str(uuid.uuid4())
    keep(bench(ann), BODY, key)
    bench(ann).post(f"kept/{key}/discard/")
    assert kept_of(bench(ann)) == []


@pytest.mark.parametrize("body", [None, [], "x", {"note": "x" * MAX_BODY}, {"note": float("nan")}])
def test_what_is_no_form_is_not_kept(body: Any, bench: Any, ann: User) -> None:
    assert keep(bench(ann), body).status_code == 422
    assert not KeptForm.objects.exists()
