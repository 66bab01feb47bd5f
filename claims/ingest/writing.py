"""A digest written: its source, its text, its statements brought to say what the file says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from claims.anchors import PassageError
from claims.ingest.desk import Desk
from claims.ingest.digests import Digest, Reading
from claims.ingest.report import Tally
from claims.ingest.rows import Rows, problems
from claims.models import Position, Relay, Statement, Transition, Utterance
from claims.workflow import EDITABLE, TRANSITIONS, State
from sources.ingest.reading import Document
from sources.models import Revision, Source

POSITION_FIELDS = ("stance", "strength", "condition", "rationale")


def write_digest(document: Document, digest: Digest, desk: Desk) -> Tally:
    """Bring the rows to say what the file says; a statement that it no longer mentions stays. In a transaction.

    Raises Rejected, after which nothing may be kept.
    """
    writer = _Writer(document, desk)
    source = writer.source(digest)
    revision = writer.revision(source, digest.text)
    writer.statements(revision, digest.readings)
    writer.rows.raise_problems()
    return writer.rows.tally


class _Writer:
    def __init__(self, document: Document, desk: Desk) -> None:
        self.document = document
        self.desk = desk
        self.rows = Rows(document, keep=desk.keep)
        self.tally = self.rows.tally
        self.comment = f"Re-imported from {Path(document.file).name}"

    # The source and its text

    def source(self, digest: Digest) -> Source:
        """Known by its name in the file; or by its address, where it was added by hand and has no such name yet."""
        rows = Source.objects.select_related("publisher", "original_publisher")
        named = rows.filter(external_id=digest.external_id).first()
        source = named or self._by_address(digest) or Source(queue_state=self._queue_state(digest))
        values = {**digest.source, "external_id": digest.external_id}
        if self.desk.full_text_public:
            values["full_text_public"] = True
        self.rows.sync("source", ["source"], source, values)
        self.rows.raise_problems()
        return source

    def _by_address(self, digest: Digest) -> Source | None:
        address = digest.source["url"]
        return address and Source.objects.filter(url=address, external_id=None).first()

    def _queue_state(self, digest: Digest) -> str:
        if self.desk.reviewer:
            return Source.Queue.DONE
        return Source.Queue.IN_PROGRESS if digest.readings else Source.Queue.WAITING

    def revision(self, source: Source, text: str) -> Revision:
        newest = source.newest_revision
        if newest and (self.desk.keep or newest.text == text):
            self.tally.unchanged["text"] += 1
            return newest
        outcome = self.tally.updated if newest else self.tally.created
        outcome["text"] += 1
        return source.add_revision(text)

    # Its statements

    def statements(self, revision: Revision, readings: Sequence[Reading]) -> None:
        wanted = [reading.external_id for reading in readings]
        rows = Statement.objects.filter(source=revision.source, external_id__in=wanted).select_related(
            "speaker", "party", "utterance", "annotated_by"
        )
        known = {
            row.external_id: row for row in rows.prefetch_related("positions", "relays__speaker", "relays__publisher")
        }
        self.utterances = self._utterances(readings)
        for reading in readings:
            if statement := known.get(reading.external_id):
                self._bring_up_to_date(statement, revision, reading)
        self._create(revision, [reading for reading in readings if reading.external_id not in known])

    def _utterances(self, readings: Sequence[Reading]) -> dict[str | None, Utterance | None]:
        """By key; those not known are made. None leads to none."""
        keys = {reading.utterance for reading in readings if reading.utterance}
        known = Utterance.objects.in_bulk(keys, field_name="external_id") if keys else {}
        made = Utterance.objects.bulk_create(Utterance(external_id=key) for key in sorted(keys - set(known)))
        return {None: None, **known, **{utterance.external_id: utterance for utterance in made}}

    def _create(self, revision: Revision, readings: Sequence[Reading]) -> None:
        """All at once, in the state that the desk stands for, with the moves that lead there in the log."""
        moves = self._moves()
        state = TRANSITIONS[moves[-1]].to_state if moves else State.DRAFT
        now = timezone.now()
        review = {"reviewed_by": self.desk.reviewer, "reviewed_at": now} if state == State.PUBLISHED else {}
        statements = Statement.objects.bulk_create(
            Statement(
                source=revision.source,
                revision=revision,
                external_id=reading.external_id,
                spans=[list(span) for span in reading.spans],
                quote=reading.quote,
                utterance=self.utterances[reading.utterance],
                annotated_by=self.desk.annotator,
                state=state,
                version=1 + len(moves),
                **review,
                **reading.fields,
            )
            for reading in readings
        )
        pairs = list(zip(statements, readings, strict=True))
        Relay.objects.bulk_create(
            Relay.of(statement, rank, who) for statement, reading in pairs for rank, who in enumerate(reading.via, 1)
        )
        positions = Position.objects.bulk_create(
            Position(statement=statement, **fields) for statement, reading in pairs for fields in reading.positions
        )
        Transition.objects.bulk_create(self._log(statement, name) for statement in statements for name in moves)
        self.tally.created.update({"statement": len(statements), "position": len(positions)})

    def _moves(self) -> list[str]:
        if self.desk.reviewer:
            return ["submit", "publish"]
        return ["submit"] if self.desk.submit else []

    def _log(self, statement: Statement, name: str) -> Transition:
        move = TRANSITIONS[name]
        return Transition(
            statement=statement,
            name=name,
            from_state=State.DRAFT if name == "submit" else State.SUBMITTED,
            to_state=move.to_state,
            by=self.desk.reviewer if move.by_reviewer else self.desk.annotator,
            comment=self.comment.removeprefix("Re-").capitalize(),
        )

    def _bring_up_to_date(self, statement: Statement, revision: Revision, reading: Reading) -> None:
        positions = self._positions_of(statement)
        changes = {} if self.desk.keep else self._changes(statement, revision, reading)
        try:
            if changes:
                self._change(statement, changes)
            advanced = not self.desk.keep and self._advance(statement, mended=bool(changes))
        except (ValidationError, PassageError) as error:
            error = error if isinstance(error, ValidationError) else ValidationError(str(error))
            self.rows.problems += problems(self.document, reading.loc, error)
            return
        outcome = self.tally.updated if changes or advanced else self.tally.unchanged
        outcome["statement"] += 1
        self._count_positions(positions, reading)

    def _changes(self, statement: Statement, revision: Revision, reading: Reading) -> dict[str, Any]:
        """What `edit` and `correct` are to be given: only what differs."""
        fields = {**reading.fields, "utterance": self.utterances[reading.utterance]}
        changes: dict[str, Any] = {name: value for name, value in fields.items() if getattr(statement, name) != value}
        if statement.revision_id != revision.pk or [tuple(span) for span in statement.spans] != reading.spans:
            changes |= {"revision": revision, "spans": reading.spans}
        if self._positions_of(statement) != self._positions_in(reading):
            changes["positions"] = reading.positions
        if [relay.who for relay in statement.relays.all()] != reading.via:
            changes["via"] = reading.via
        return changes

    def _change(self, statement: Statement, changes: dict[str, Any]) -> None:
        if statement.state in EDITABLE:
            statement.edit(by=self.desk.annotator, **changes)
        elif statement.state == State.PUBLISHED and self.desk.reviewer:
            statement.correct(by=self.desk.reviewer, comment=self.comment, **changes)
        elif statement.state == State.PUBLISHED:
            raise ValidationError("differs from what is published: a correction needs a reviewer (--reviewer).")
        elif statement.state == State.SUBMITTED:
            raise ValidationError("differs from what waits for review: have that returned or published first.")
        else:
            raise ValidationError("differs from what was withdrawn, which no longer changes.")

    def _advance(self, statement: Statement, *, mended: bool) -> bool:
        """Move a draft on as a new one would be. What a reviewer returned moves on only if the file mended it."""
        moves = self._moves()
        before = statement.state
        if "submit" in moves and (before == State.DRAFT or (before == State.RETURNED and mended)):
            statement.submit(by=self.desk.annotator)
        if self.desk.reviewer and statement.state == State.SUBMITTED:
            statement.publish(by=self.desk.reviewer)
        return statement.state != before

    def _count_positions(self, before: dict[tuple[int, int], list[str]], reading: Reading) -> None:
        for key, fields in self._positions_in(reading).items():
            outcome = self.tally.created if key not in before else self.tally.updated
            outcome = self.tally.unchanged if self.desk.keep or before.get(key) == fields else outcome
            outcome["position"] += 1

    @staticmethod
    def _positions_of(statement: Statement) -> dict[tuple[int, int], list[str]]:
        return {
            (row.claim_id, row.holder_id): [getattr(row, name) for name in POSITION_FIELDS]
            for row in statement.positions.all()
        }

    @staticmethod
    def _positions_in(reading: Reading) -> dict[tuple[int, int], list[str]]:
        return {
            (fields["claim"].pk, fields["holder"].pk): [fields[name] for name in POSITION_FIELDS]
            for fields in reading.positions
        }
