"""What the database holds of every statement: its indexes, constraints and triggers, each named."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from claims.models import triggers
from claims.workflow import REVIEWED, State
from sources.merged import as_merged

FILLED_BY_DATABASE = ["exacts", "prefixes", "suffixes", "place", "search", "said_on_latest"]

# What the history leaves out: it follows from the rest.
NOT_HISTORY = [*FILLED_BY_DATABASE, "id", "public_id", "created_at", "external_id"]

INDEXES = [
    models.Index(fields=["-said_on_latest", "-id"], name="statement_newest", condition=Q(state="published")),
    models.Index(fields=["speaker", "-said_on_latest", "-id"], name="statement_by_speaker"),
    models.Index(fields=["party", "-said_on_latest", "-id"], name="statement_by_party"),
    models.Index(fields=["source", "place"], name="statement_by_source"),
    models.Index(fields=["state", "-said_on_latest", "-id"], name="statement_at_work", condition=~Q(state="published")),
    models.Index(fields=["annotated_by", "state"], name="statement_by_annotator"),
    GinIndex(fields=["search"], name="statement_search"),
]

CONSTRAINTS = [
    models.UniqueConstraint(
        fields=["source", "external_id"],
        name="statement_external_id_is_unique",
        violation_error_message="This source has a statement of that name already.",
    ),
    models.CheckConstraint(
        name="statement_spans_are_well_formed",
        condition=Func(F("spans"), function="spans_well_formed", output_field=models.BooleanField()),
        violation_error_message="Passages are [start, end) ranges: ordered, apart, and never empty.",
    ),
    models.CheckConstraint(
        name="statement_kind_is_known",
        condition=Q(kind__in=["direct", "indirect", "mixed"]),
        violation_error_message="A statement is direct, indirect or mixed.",
    ),
    models.CheckConstraint(
        name="statement_date_fits_its_precision",
        condition=Q(said_on_precision="day")
        | Q(said_on_precision="month", said_on__day=1)
        | Q(said_on_precision="year", said_on__day=1, said_on__month=1),
        violation_error_message="A date known to the month or the year stands on its first day.",
    ),
    models.CheckConstraint(
        name="statement_state_is_known",
        condition=Q(state__in=[state.value for state in State]),
        violation_error_message="This state is not known.",
    ),
    models.CheckConstraint(
        name="statement_reviewed_iff_public",
        condition=Q(state__in=sorted(REVIEWED), reviewed_by__isnull=False, reviewed_at__isnull=False)
        | (~Q(state__in=sorted(REVIEWED)) & Q(reviewed_by=None, reviewed_at=None)),
        violation_error_message="A statement has a reviewer and a time of review once published, and only then.",
    ),
    models.CheckConstraint(
        name="statement_of_a_coding_is_a_draft",
        condition=Q(coding=None) | Q(state="draft"),
        violation_error_message="A statement of a blind coding is not submitted: what is settled from it is.",
    ),
    models.CheckConstraint(
        name="statement_reviewer_is_not_annotator",
        condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("annotated_by")),
        violation_error_message="Nobody reviews their own statement.",
    ),
]

TRIGGERS = [
    as_merged("speaker_id", "sources_speaker"),
    pgtrigger.Trigger(
        name="cut_quote",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "source_id",
            "revision_id",
            "spans",
            "quote",
            "speaker_id",
            "speaker_as_named",
            "original_quote",
            "occasion",
            "addressee",
        ),
        declare=[("body", "text"), ("i", "integer")],
        func=triggers.CUT_QUOTE,
    ),
    pgtrigger.Trigger(
        name="positions_follow",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(
            "state", "said_on", "said_on_precision", "party_id", "utterance_id", "source_id", "spans"
        ),
        func=triggers.POSITIONS_FOLLOW,
    ),
    pgtrigger.Trigger(
        name="open_to_public",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "speaker_id", "source_id"),
        condition=pgtrigger.Q(new__state="published"),
        func=triggers.OPEN_TO_PUBLIC,
    ),
    pgtrigger.Protect(name="only_drafts_go", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="draft")),
]
