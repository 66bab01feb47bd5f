"""`manage.py import_source`: a plain text goes in as it is, once, or one line says why not."""

import hashlib
import io
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from claims.anchors import locate
from claims.models import Statement
from sources.models import Publisher, Revision, Source, Speaker

# What a careless program would mend: combining marks, joiners, direction marks, spaces of every kind, a BOM.
SENTENCES = [
    "Family 👩‍👩‍👧‍👦, flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿, 𐍈 beyond the plane.",
    "قال المتحدث: «وقفُ إطلاقِ النار أولاً».",
    "הדובר אמר: \u202bשָׁלוֹם עֲלֵיכֶם\u202c.",
    "e\u0301 next to é, soft\u00adhyphen, no\u00a0break, zero\u200bwidth, line\u2028separator.\t",
    "  Two spaces before, two after.  ",
]
ARTICLE = "\ufeff" + "\n".join(f"{number}. {SENTENCES[number % len(SENTENCES)]}" for number in range(600)) + "\n\n"


@pytest.fixture
def gazette(db: None) -> Publisher:
    return Publisher.objects.create(name="The Gazette", slug="gazette")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(ARTICLE.encode())
    return path


def run(file: Any, **options: Any) -> str:
    out = io.StringIO()
    options = {"title": "Valley talks open", "publisher": "gazette", "published_on": "2031-03-02", **options}
    call_command("import_source", file, stdout=out, **options)
    return out.getvalue()


def test_an_article_of_three_thousand_words_is_read_back_to_the_byte(gazette: Publisher, article: Path) -> None:
    assert len(ARTICLE.split()) > 3_000
    said = run(article, url="https://gazette.example/1", language="ar", licence="CC0", full_text_public=True)
    source, revision = Source.objects.get(), Revision.objects.get()
    assert said == f"created: source {source.public_id}, {len(ARTICLE):,} characters.\n"
    assert revision.text.encode() == article.read_bytes()
    assert revision.sha256 == hashlib.sha256(article.read_bytes()).hexdigest()
    assert (source.publisher, str(source.published_on), source.url) == (
        gazette,
        "2031-03-02",
        "https://gazette.example/1",
    )
    assert (source.language, source.licence, source.full_text_public, source.queue_state) == (
        "ar",
        "CC0",
        True,
        "waiting",
    )


def test_a_statement_made_on_it_is_cut_to_the_letter(gazette: Publisher, article: Path, ann: User) -> None:
    run(article)
    revision = Revision.objects.get()
    words = [
        "500. Family 👩‍👩‍👧‍👦, flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "501. قال المتحدث: «وقفُ إطلاقِ النار",
        "502. הדובר אמר: \u202bשָׁלוֹם",
        "503. e\u0301 next",
    ]
    speaker = Speaker.objects.create(name="Bo Example", slug="bo-example")
    statement = Statement.objects.record(
        by=ann, revision=revision, spans=locate(revision.text, words), speaker=speaker, kind="mixed"
    )
    statement.refresh_from_db()
    assert statement.exacts == words
    assert statement.quote == " […] ".join(words)


def test_only_line_ends_are_made_alike(gazette: Publisher, tmp_path: Path) -> None:
    (tmp_path / "crlf.txt").write_bytes(b"one\r\ntwo\rthree\n\r\n")
    run(tmp_path / "crlf.txt")
    assert Revision.objects.get().text == "one\ntwo\nthree\n\n"


def test_a_text_comes_from_standard_input_too(gazette: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("Señor\r\n".encode())))
    run("-")
    assert Revision.objects.get().text == "Señor\n"


def test_the_same_address_with_the_same_text_changes_nothing(gazette: Publisher, article: Path) -> None:
    run(article, url="https://gazette.example/1")
    said = run(article, url="https://gazette.example/1", title="Another title")
    assert said == f"unchanged: source {Source.objects.get().public_id} has this text.\n"
    assert (Source.objects.get().title, Revision.objects.count()) == ("Valley talks open", 1)


@pytest.mark.parametrize("key", [{"url": "https://gazette.example/1"}, {"external_id": "valley"}])
def test_another_text_at_the_same_address_or_name_is_a_revision(
    key: dict[str, str], gazette: Publisher, article: Path
) -> None:
    run(article, **key)
    article.write_text("Shorter.")
    said = run(article, **key)
    assert said == f"updated: source {Source.objects.get().public_id} has revision 2, 8 characters.\n"
    assert Source.objects.get().newest_revision.text == "Shorter."


def test_without_address_or_name_the_same_words_are_not_added_twice(gazette: Publisher, article: Path) -> None:
    run(article)
    assert run(article).startswith("unchanged")
    article.write_text("Another letter of the same day.")
    assert run(article).startswith("created")
    assert Source.objects.count() == 2


def test_a_publisher_is_made_where_a_name_is_given(db: None, article: Path) -> None:
    run(article, publisher="herald", publisher_name="The Herald")
    assert Source.objects.get().publisher.name == "The Herald"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "date": ({"published_on": "02.03.2031"}, "--published-on: “02.03.2031” is not a date: write YYYY-MM-DD"),
    "address": ({"url": "javascript:alert(1)"}, "--url: Enter a valid URL."),
    "medium": ({"medium": "podcast"}, "--medium: Value 'podcast' is not a valid choice."),
    "language": ({"language": "Old English"}, "--language: A language is a BCP 47 tag"),
    "title": ({"title": " " * 3 + "x" * 501}, "--title: Ensure this value has at most 500 characters"),
    "two at once": ({"title": "", "language": "?"}, "--title: This field cannot be blank.; --language: "),
    "publisher": ({"publisher": "gazete"}, "no publisher is called “gazete”. Did you mean gazette? Or make it: "),
    "publisher's slug": ({"publisher": "The Herald", "publisher_name": "The Herald"}, "--slug: Enter a valid “slug”"),
    "bytes that are no text": ({"title": "caf\udce9"}, "an option is not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_one_line_and_leaves_nothing(name: str, gazette: Publisher, article: Path) -> None:
    options, what = WRONG[name]
    with pytest.raises(CommandError) as caught:
        run(article, **options)
    assert str(caught.value).startswith(what)
    assert "\n" not in str(caught.value)
    assert (Source.objects.count(), Revision.objects.count(), Publisher.objects.count()) == (0, 0, 1)


BYTES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", ": The text is empty."),
    "blank": (b" \n\t\n", ": The text is empty."),
    "Latin-1": (b"one\ncaf\xe9", ":2: is not UTF-8: the byte 0xe9 at position 8. Save it as UTF-8."),
    "NUL": (b"one\ntwo\0", ": Line 2 of the text has a NUL character, which no text may hold."),
    "20 MB": (b"x" * 20_000_000, ": The text has 20,000,000 characters; the limit is 2,000,000."),
    "more": (b"x" * 20_000_001, ": is too big: the limit is 20 MB. Split it."),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_wrong_text_is_one_line_and_leaves_nothing(name: str, gazette: Publisher, article: Path) -> None:
    content, what = BYTES[name]
    article.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(article)
    assert str(caught.value) == f"{article}{what}"
    assert (Source.objects.count(), Revision.objects.count()) == (0, 0)


def test_a_file_that_is_not_there_or_a_folder_is_one_line(gazette: Publisher, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=re.escape(f"{tmp_path}/no.txt: cannot be read: No such file or directory.")):
        run(tmp_path / "no.txt")
    with pytest.raises(CommandError, match=re.escape(f"{tmp_path}: is a folder: name a file.")):
        run(tmp_path)
