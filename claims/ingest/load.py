"""The files of one call: found, put in order, each read and written in a transaction of its own."""

from collections.abc import Callable, Iterable
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, InternalError, connection, transaction

from claims.ingest.desk import Desk
from claims.ingest.digests import read_digest
from claims.ingest.names import Names
from claims.ingest.report import LoadReport, Tally
from claims.ingest.topics import load_topic
from claims.ingest.writing import write_digest
from sources.ingest.reading import Document, Problem, Rejected, read_json, shown

Progress = Callable[[int, int], None]  # files done, of how many


def load(paths: Iterable[str | Path], desk: Desk, *, progress: Progress = lambda done, of: None) -> LoadReport:
    """Topic files first, then sources with their statements; what is wrong in one file leaves the others alone.

    A path is a file, or a folder that holds `topic.json` and `sources/*.json`.
    """
    report = LoadReport()
    topic_files, digest_files = sort_out(paths, report)
    topics = list(desk.topics)
    seen: dict[str, str] = {}

    def take_topic(document: Document) -> Tally:
        topic, tally = load_topic(document, desk)
        topics.append(topic)
        return tally

    def take_digest(document: Document) -> Tally:
        return _load_digest(document, names, desk, seen)

    for done, path in enumerate(topic_files):
        progress(done, len(topic_files) + len(digest_files))
        _take(report, path, take_topic)
    if not set(topic_files).isdisjoint(report.rejected_files):
        what = "not read, because a topic file was rejected and claims are looked up there."
        report.rejected += [Problem(path, what) for path in digest_files]
        return report
    names = Names(topics)
    for done, path in enumerate(digest_files, len(topic_files)):
        progress(done, len(topic_files) + len(digest_files))
        _take(report, path, take_digest)
    return report


def sort_out(paths: Iterable[str | Path], report: LoadReport) -> tuple[list[str], list[str]]:
    """The topic files and the others, each once, in the order given. Unreadable files are among the others."""
    topics: dict[str, None] = {}
    digests: dict[str, None] = {}
    for path in map(Path, paths):
        if not path.is_dir():
            (topics if _is_topic(str(path)) else digests)[str(path)] = None
            continue
        topic, sources = path / "topic.json", sorted((path / "sources").glob("*.json"))
        if topic.exists():
            topics[str(topic)] = None
        elif not sources:
            report.rejected.append(Problem(str(path), "is a folder without topic.json and sources/*.json."))
        digests.update(dict.fromkeys(map(str, sources)))
    return list(topics), list(digests)


def _is_topic(path: str) -> bool:
    try:
        data = read_json(path).data
    except Rejected:
        return False
    return isinstance(data, dict) and "topic" in data


def _take(report: LoadReport, path: str, take: Callable[[Document], Tally]) -> None:
    try:
        document = read_json(path)
        with transaction.atomic():
            _wait_for_other_imports()
            tally = take(document)
    except Rejected as rejected:
        report.rejected += rejected.problems
    except (IntegrityError, DataError, InternalError) as error:
        report.rejected.append(Problem(path, in_words(error)))
    else:
        report.add(tally)
        report.files += 1


def _wait_for_other_imports() -> None:
    """Until this transaction ends, no other import reads or writes: two of the same file would add it twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parley import'))")


def _load_digest(document: Document, names: Names, desk: Desk, seen: dict[str, str]) -> Tally:
    if isinstance(document.data, dict) and not {"source", "text"} & document.data.keys():
        document.reject(
            [], "is neither a topic file (topic, parties, claims) nor a source file (source, text, statements)."
        )
    digest = read_digest(document, names)
    if (before := seen.setdefault(digest.external_id, document.file)) != document.file:
        document.reject(["source", "slug"], f"{shown(digest.external_id)} is the source of {before} already.")
    return write_digest(document, digest, desk)


def in_words(error: DatabaseError) -> str:
    """What the database refused, in the words of the constraint where it has some."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message:
                return f"the database refused it: {constraint.violation_error_message}"
    message = getattr(diagnosis, "message_primary", None) or str(error).splitlines()[0]
    return f"the database refused it: {message}"
