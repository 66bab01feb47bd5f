"""What is wrong with an import file: one line each, with file and line, and nothing written."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from claims.ingest.desk import Desk
from claims.ingest.load import load
from claims.models import Statement, Topic
from sources.models import Revision, Source
from tests.claims.conftest import Write
from tests.claims.files import DIGEST, TEXT, TOPIC, changed, only_problem, rows

WRONG_DIGESTS: dict[str, tuple[dict[str, Any], str, str]] = {
    # record, words of the line that is to be named, the rest of the problem
    "passage absent": (
        changed(DIGEST, "statements", 1, "passages", 1, to="and never"),
        '"and never"',
        "statement 1-02, passage 2: The passage is not in the text: “and never”",
    ),
    "passage twice": (
        changed(DIGEST, "statements", 1, "passages", 1, to="Bo"),
        '"Bo"',
        "statement 1-02, passage 2: The passage stands 2 times in the text, not once: “Bo”",
    ),
    "passages out of order": (
        changed(DIGEST, "statements", 1, "passages", to=["and not before.", "We go in spring,"]),
        '"passages": [',
        "statement 1-02, passages: The passage 53–69 overlaps the one before it, or stands out of order.",
    ),
    "no passage": (
        changed(DIGEST, "statements", 1, "passages", to=[]),
        '"passages": []',
        "statement 1-02, passages: A statement needs at least one passage.",
    ),
    "unknown speaker": (
        changed(DIGEST, "statements", 1, "speaker", to="ada-exampel"),
        "ada-exampel",
        "statement 1-02, speaker: no speaker is called “ada-exampel”. Did you mean ada-example?",
    ),
    "unknown claim": (
        changed(DIGEST, "statements", 0, "positions", 0, "claim", to="staying"),
        "staying",
        "statement 1-01, position 1, claim: no claim is called “staying”. Make it first, in the topic file or in the admin.",
    ),
    "unknown relay": (
        changed(DIGEST, "statements", 0, "via", to=["gazete"]),
        "gazete",
        "statement 1-01, via 1: no publisher or speaker is called “gazete”. Did you mean gazette?",
    ),
    "unknown publisher": (
        changed(DIGEST, "source", "publisher", to="nobody"),
        "nobody",
        "source, publisher: no publisher is called “nobody”. Make it first, in the topic file or in the admin.",
    ),
    "not a slug": (
        changed(DIGEST, "statements", 0, "party", to="North land"),
        "North land",
        "statement 1-01, party: “North land” is not a slug: write up to 100 letters a–z, digits and hyphens.",
    ),
    "wrong stance": (
        changed(DIGEST, "statements", 0, "positions", 0, "stance", to="agrees"),
        "agrees",
        "statement 1-01, position 1, stance: “agrees” is not known here: write supports, conditional, neutral, opposes or declined.",
    ),
    "condition missing": (
        changed(DIGEST, "statements", 0, "positions", 1, "condition", to=" "),
        '"talk"',
        "statement 1-01, position 2: the stance is conditional and the condition is missing: say on what it depends.",
    ),
    "condition too many": (
        changed(DIGEST, "statements", 0, "positions", 0, "condition", to="if"),
        '"leave"',
        "statement 1-01, position 1: a condition goes with the stance conditional alone, and this is supports.",
    ),
    "position twice": (
        changed(DIGEST, "statements", 0, "positions", 1, to=DIGEST["statements"][0]["positions"][0]),
        None,
        "statement 1-01, position 2: a second position of northland on leave: leave one.",
    ),
    "broken date": (
        changed(DIGEST, "statements", 1, "said_on", to="2031-02-30"),
        "2031-02-30",
        "statement 1-02, said_on: “2031-02-30” is not a date: write YYYY-MM-DD, for example 2024-05-06.",
    ),
    "said after print": (
        changed(DIGEST, "statements", 1, "said_on", to="2031-03-03"),
        "2031-03-03",
        "statement 1-02, said_on: 2031-03-03 is after the day of print, 2031-03-02: one of them is wrong.",
    ),
    "date not of its precision": (
        changed(DIGEST, "statements", 1, "said_on_precision", to="year"),
        None,
        "statement 1-02: a date known to the year stands on its first day: write 2031-01-01.",
    ),
    "another kind of value": (
        changed(DIGEST, "source", "title", to=7),
        '"title": 7',
        "source, title: must be text, not a number.",
    ),
    "field missing": (
        {**DIGEST, "source": {key: value for key, value in DIGEST["source"].items() if key != "title"}},
        '"source"',
        "source, title: is missing.",
    ),
    "unknown field": (
        changed(DIGEST, "statements", 0, "addresse", to="Bo"),
        "addresse",
        "statement 1-01, addresse: is not a field here. Did you mean addressee?",
    ),
    "not an address": (
        changed(DIGEST, "source", "url", to="javascript:alert(1)"),
        "javascript",
        "source, url: Enter a valid URL.",
    ),
    "too long": (
        changed(DIGEST, "statements", 1, "cue", to="x" * 101),
        "xxx",
        "statement 1-02, cue: Ensure this value has at most 100 characters (it has 101).",
    ),
    "not a language": (
        changed(DIGEST, "statements", 1, "language", to="Old English!"),
        "Old English",
        "statement 1-02, language: A language is a BCP 47 tag, for example en or ar-EG.",
    ),
    "id twice": (
        changed(DIGEST, "statements", 1, "id", to="1-01"),
        None,
        "statement 1-01: stands twice: item 1 of the list has the same name.",
    ),
    "empty text": (changed(DIGEST, "text", to=" \n "), '"text"', "text: The text is empty."),
    "text too long": (
        changed(DIGEST, "text", to="x" * 2_000_001),
        '"text"',
        "text: The text has 2,000,001 characters; the limit is 2,000,000.",
    ),
    "utterance of another day": (
        changed(changed(DIGEST, "statements", 1, "utterance", to="ada-on-leaving"), "statements", 1, "said_on", to="2031-03-02"),
        None,
        (
            "statement 1-02, utterance: “ada-on-leaving” was said by ada-example on 2031-03-01, "
            "this by ada-example on 2031-03-02: not the same words."
        ),
    ),
    "terminal escape": (
        changed(DIGEST, "statements", 1, "speaker", to="\x1b[31m\nada"),
        "u001b",
        "statement 1-02, speaker: “�[31m ada” is not a slug: write up to 100 letters a–z, digits and hyphens.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_DIGESTS)
def test_a_wrong_digest_is_named_by_line_and_leaves_nothing(
    name: str, topic: Topic, write: Write, ann: User, ray: User
) -> None:
    record, words, what = WRONG_DIGESTS[name]
    path, before = write(record), rows()
    problem = only_problem(load([path], Desk(ann, ray)))
    assert re.sub(r"^.*?:\d+: ", "", problem) == what
    if words:
        lines = [number for number, line in enumerate(Path(path).read_text().splitlines(), 1) if words in line]
        assert int(re.match(r".*?:(\d+): ", problem)[1]) in [*lines, lines[0] - 1]
    assert problem.startswith(f"{path}:")
    assert rows() == before


def test_every_problem_of_a_file_is_told_at_once(topic: Topic, write: Write, ann: User) -> None:
    record = changed(DIGEST, "statements", 0, "speaker", to="nobody-here")
    record = changed(record, "statements", 1, "passages", to=["nowhere"])
    report = load([write(record)], Desk(ann))
    assert [problem.where for problem in report.rejected] == ["statement 1-01, speaker", "statement 1-02, passage 1"]


def test_one_wrong_file_leaves_the_others_alone(topic: Topic, write: Write, ann: User) -> None:
    good = changed(changed(DIGEST, "source", "slug", to="another"), "source", "url", to=None)
    out, err = StringIO(), StringIO()
    bad = write("{}", "bad.json")
    with pytest.raises(CommandError, match=r"Files taken: 1\. Rejected, for the problems above: 1\."):
        call_command("import_statements", bad, write(good), annotator="ann", stdout=out, stderr=err)
    assert err.getvalue() == (
        f"{bad}:1: is neither a topic file (topic, parties, claims) nor a source file (source, text, statements).\n"
    )
    assert Source.objects.get().external_id == "another"


def test_a_statement_wrong_halfway_through_a_change_leaves_the_file_as_it_was(
    topic: Topic, write: Write, ann: User, ray: User
) -> None:
    load([write(DIGEST)], Desk(ann, ray))
    Statement.objects.get(external_id="1-02").withdraw(by=ray, comment="Not said.")
    record = changed(DIGEST, "text", to="Now: " + TEXT)
    assert "1-02: differs from what was withdrawn" in only_problem(load([write(record)], Desk(ann, ray)))
    assert Revision.objects.count() == 1
    assert Statement.objects.get(external_id="1-01").version == 3


def test_two_files_of_one_source_are_not_taken_for_one(topic: Topic, write: Write, ann: User) -> None:
    first, second = write(DIGEST, "a.json"), write(DIGEST, "b.json")
    report = load([first, second], Desk(ann))
    assert [str(problem) for problem in report.rejected] == [
        f"{second}:3: source, slug: “valley-opens” is the source of {first} already."
    ]


BYTES: dict[str, tuple[bytes, str]] = {
    "invalid UTF-8": (b'{\n "text": "caf\xe9"}', ":2: is not UTF-8: the byte 0xe9 at position 16. Save it as UTF-8."),
    "UTF-16": ("{}".encode("utf-16"), ":1: is not UTF-8: the byte 0xff at position 1. It looks like UTF-16. Save it as UTF-8."),
    "nothing": (b" \n", ": is empty."),
    "not JSON": (b'{\n "text": }', ":2: column 10: is not JSON: Expecting value."),
    "cut off": (b'{\n "text": "abc', ":2: column 10: is not JSON: Unterminated string starting at."),
    "key twice": (b'{\n "text": "a",\n "text": "b"}', ":3: the key “text” stands twice in one object."),
    "NUL": (b'{\n "text": "a\\u0000"}', ":2: a NUL character in “a”…, which no text may hold."),
    "surrogate": (b'{\n "text": "a\\ud800"}', ":2: half of a surrogate pair in “a”…, which no text may hold."),
    "depth": (b"[" * 100_000, ": is nested far deeper than any file of ours."),
    "NaN": (b'{"text": NaN}', ": NaN is not JSON."),
    "endless number": (b'{"text": ' + b"9" * 5_000 + b"}", ": has a number that is too long to be one."),
    "a million values": (b"[" + b"1," * 1_000_000 + b"\n1]", ":1: more than 1,000,000 values stand before this line. Split the file."),
    "a list": (b"[]", ":1: must be an object, not a list."),
    "20 MB": (b'{"text": "' + b"x" * 20_000_000 + b'"}', ": is too big: the limit is 20 MB. Split it."),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_no_record_is_one_line(name: str, topic: Topic, write: Write, ann: User) -> None:
    content, what = BYTES[name]
    path, before = write(content), rows()
    assert only_problem(load([path], Desk(ann))) == path + what
    assert rows() == before


def test_a_file_that_is_not_there_and_an_empty_folder_are_one_line(tmp_path: Path, ann: User) -> None:
    report = load([tmp_path / "no.json", tmp_path], Desk(ann))
    assert [str(problem) for problem in report.rejected] == [
        f"{tmp_path}: is a folder without topic.json and sources/*.json.",
        f"{tmp_path}/no.json: cannot be read: No such file or directory.",
    ]


WRONG_TOPICS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown parent": (
        changed(TOPIC, "parties", 2, "parent", to="host"),
        "party eastland, parent: no party is called “host”, here or in the database. Did you mean hosts?",
    ),
    "own parent": (changed(TOPIC, "parties", 2, "parent", to="eastland"), "party eastland, parent: a party cannot sit within itself."),
    "too deep": (
        changed(TOPIC, "parties", 0, "parent", to="eastland"),
        "party northland, parent: parties nest one level deep, and “eastland” sits in another itself.",
    ),
    "speaker is publisher": (
        changed(TOPIC, "publishers", 0, "slug", to="ada-example"),
        "publisher ada-example: is a speaker too, and “via” could not tell them apart: give one of them another slug.",
    ),
    "country": (
        changed(TOPIC, "publishers", 0, "country", to="gb"),
        "publisher gazette: A country is a code of two capital letters, for example EG.",
    ),
    "closes first": (changed(TOPIC, "topic", "closed_on", to="2030-01-01"), "topic: A topic cannot close before it opens."),
    "affiliation": (
        changed(TOPIC, "speakers", 0, "affiliations", 0, "party", to="southland"),
        ("speaker ada-example, affiliation 1, party: no party is called “southland”, here or in the database. "
         "Did you mean northland or eastland?"),
    ),
    "two parties at once": (
        changed(TOPIC, "speakers", 0, "affiliations", to=[{"party": "northland", "role": "A"}, {"party": "hosts", "role": "B"}]),
        ("speaker ada-example, affiliation 2: A speaker never speaks for two parties at once: "
         "Ada Example, A (Northland) covers these days already."),
    ),
    "rank": (changed(TOPIC, "claims", 0, "rank", to="first"), "claim leave, rank: must be a whole number, not text."),
    "negative rank": (
        changed(TOPIC, "claims", 0, "rank", to=-1),
        "claim leave, rank: Ensure this value is greater than or equal to 0.",
    ),
    "no proposition": (changed(TOPIC, "claims", 0, "proposition", to=""), "claim leave, proposition: This field cannot be blank."),
    "slug twice": (changed(TOPIC, "claims", 1, "slug", to="leave"), "claim leave: stands twice: item 1 of the list has the same name."),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_TOPICS)
def test_a_wrong_topic_file_is_named_by_line_and_leaves_nothing(name: str, write: Write, ann: User) -> None:
    record, what = WRONG_TOPICS[name]
    path = write(record, "topic.json")
    problem = only_problem(load([path], Desk(ann)))
    assert re.sub(r"^.*?:\d+: ", "", problem) == what
    assert set(rows().values()) == {0}


def test_sources_wait_for_a_topic_file_that_was_rejected(write: Write, ann: User) -> None:
    topic, digest = write(changed(TOPIC, "topic", "title", to=""), "topic.json"), write(DIGEST)
    assert [str(problem) for problem in load([topic, digest], Desk(ann)).rejected] == [
        f"{topic}:4: topic, title: This field cannot be blank.",
        f"{digest}: not read, because a topic file was rejected and claims are looked up there.",
    ]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(topic: Topic, write: Write) -> None:
    before, out = rows(), StringIO()
    call_command("import_statements", write(DIGEST), dry_run=True, stdout=out)
    assert re.search(r"statement +2 +0 +0\n", out.getvalue())
    assert out.getvalue().endswith("Nothing was written: this was a dry run.\n")
    assert rows() == before
    assert not User.objects.filter(username="importer").exists()


def test_the_address_of_another_source_is_refused(topic: Topic, write: Write, ann: User) -> None:
    load([write(DIGEST)], Desk(ann))
    twin = changed(DIGEST, "source", "slug", to="another-name")
    assert re.sub(r"^.*?:\d+: ", "", only_problem(load([write(twin, "twin.json")], Desk(ann)))) == (
        "source, url: Source with this Address already exists."
    )
