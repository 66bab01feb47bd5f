"""What follows from statements, to look up: positions, relays, transitions, utterances. Each is written elsewhere."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.anchors import shorten
from claims.models import Position, Relay, Statement, Transition, Utterance
from claims.templatetags.stance import stance_word
from sources.admin import DeskAdmin, ReadOnly


def words_of(statement: Statement) -> SafeString:
    return format_html('<bdi dir="auto">{}</bdi>', shorten(statement.quote))


def link_to(statement: Statement) -> SafeString:
    url = reverse("admin:claims_statement_change", args=[statement.pk])
    return format_html('<a href="{}">{}</a>', url, words_of(statement))


class OfStatementAdmin(ReadOnly, DeskAdmin):
    """Rows of statements: shown as far as the statements are."""

    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(statement__in=Statement.objects.visible_to(request.user))

    @admin.display(description="statement", ordering="statement")
    def of_statement(self, row: Any) -> SafeString:
        return link_to(row.statement)


@admin.register(Position)
class PositionAdmin(OfStatementAdmin):
    list_display = ["holder", "reading", "claim", "of_statement", "said_on", "strength", "ascribed", "published"]
    list_display_links = ["reading"]
    list_filter = [
        "stance",
        "ascribed",
        "published",
        "strength",
        "claim__topic",
        ("claim", admin.RelatedOnlyFieldListFilter),
        ("holder", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["holder", "claim", "statement__speaker"]
    search_fields = ["claim__label", "holder__name", "condition", "rationale"]
    date_hierarchy = "said_on"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["of_statement", "claim", "holder", "stance", "strength", "condition", "rationale"]
        why = "Positions are set on the page of their statement. What follows is filled in by the database."
        return [
            (None, {"fields": fields, "description": why}),
            ("Copied", {"fields": ["said_on", "printed_on", "published", "ascribed"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["of_statement", "said_on", "printed_on", "published", "ascribed"]

    @admin.display(description="stance", ordering="stance")
    def reading(self, position: Position) -> str:
        return stance_word(position.stance, position.claim.kind)


@admin.register(Relay)
class RelayAdmin(OfStatementAdmin):
    list_display = ["of_statement", "rank", "link"]
    list_display_links = ["link"]
    list_select_related = ["statement", "speaker", "publisher"]
    search_fields = ["speaker__name", "publisher__name"]
    list_filter = [("publisher", admin.RelatedOnlyFieldListFilter)]
    fields = ["of_statement", "rank", "speaker", "publisher"]
    readonly_fields = ["of_statement"]

    @admin.display(description="relayed by")
    def link(self, relay: Relay) -> str:
        return str(relay)


@admin.register(Transition)
class TransitionAdmin(OfStatementAdmin):
    list_display = ["at", "of_statement", "name", "from_state", "to_state", "by", "comment"]
    list_filter = ["name", ("by", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["statement", "by"]
    search_fields = ["comment", "by__username", "=statement__public_id"]
    date_hierarchy = "at"
    ordering = ["-id"]
    fields = ["of_statement", "name", "from_state", "to_state", "by", "at", "comment"]
    readonly_fields = ["of_statement"]


@admin.register(Utterance)
class UtteranceAdmin(DeskAdmin):
    list_display = ["__str__", "note", "told_by"]
    search_fields = ["external_id", "note"]
    readonly_fields = ["statements_of_it"]
    fieldsets = [
        (
            None,
            {
                "fields": ["external_id", "note", "statements_of_it"],
                "description": "The same words told by several sources: choose it on each of their statements, and they count "
                "once in the matrix.",
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Utterance]:
        visible = Statement.objects.visible_to(request.user).select_related("source").order_by("id")
        return super().get_queryset(request).prefetch_related(Prefetch("statements", visible, to_attr="told"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only one that no statement uses: the page that refuses would name statements that are not for all eyes."""
        unused = obj is None or not Statement.objects.filter(utterance=obj.pk).exists()
        return unused and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    @admin.display(description="told by")
    def told_by(self, utterance: Utterance) -> str:
        return ", ".join(str(statement.source) for statement in utterance.told)  # type: ignore[attr-defined]

    @admin.display(description="statements")
    def statements_of_it(self, utterance: Utterance) -> SafeString | str:
        rows = [format_html("<li>{}, in {}</li>", link_to(s), s.source) for s in getattr(utterance, "told", [])]
        return format_html("<ul>{}</ul>", SafeString("".join(rows))) if rows else "None that you may see."
