"""The editors' desk for the record: the queue of sources, and who publishes, speaks and for whom."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.related import ForeignKey
from django.db.models.functions import Coalesce, Length
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sources.forms import ParagraphsField, SourceForm, SpeakerForm, in_words
from sources.models import Affiliation, Party, Publisher, Revision, Source, Speaker
from sources.queue_actions import QueueActions
from sources.typeahead import GuardedKeys

# For every admin and inline: text over several lines has plain line ends, and runs in its own direction.
TYPED: Any = {
    models.TextField: {
        "form_class": ParagraphsField,
        "widget": AdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
    },
    models.CharField: {"widget": AdminTextInputWidget(attrs={"dir": "auto"})},
    models.URLField: {"assume_scheme": "https"},
}


class Refused:
    """Mixed into a form whose write was refused after it had been found valid: shows why, with all that was typed."""

    refusal: list[str]

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        self.add_error(None, self.refusal)  # type: ignore[attr-defined]
        return cleaned


class DeskAdmin(GuardedKeys, admin.ModelAdmin):
    """What every desk page does: a rule that only the database or a locked row can tell is an error on the form."""

    list_per_page = 50
    formfield_overrides = TYPED

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (IntegrityError, ValidationError) as error:
            request.refusal = in_words(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What rests on a row and keeps it is not named: among it may be drafts that are not for these eyes."""
        to_delete, counts, needed, protected = super().get_deleted_objects(objs, request)
        if protected:
            return to_delete, counts, set(), ["what was made from it, or names it"]
        return to_delete, counts, needed, []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if refusal := getattr(request, "refusal", None):
            return type(form)(form.__name__, (Refused, form), {"refusal": refusal})  # type: ignore[misc]
        return form


class ReadOnly:
    """For an admin or an inline that shows what others write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def to_merge(request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse:
    """On to the page that shows what merging the two rows ticked would do: the second into the first."""
    kind, keys = chosen.model._meta.model_name, list(chosen.values_list("pk", flat=True)[:3])
    if len(keys) != 2:
        messages.error(request, "Tick two: the one that stays, and its duplicate. The next page asks which is which.")
        return HttpResponseRedirect(request.get_full_path())
    return HttpResponseRedirect(f"{reverse('desk:merging', args=[kind])}?one={keys[1]}&into={keys[0]}")


def as_published(text: str, language: str = "") -> SafeString:
    """A text to be read: line breaks kept, each paragraph in its own direction."""
    return format_html('<div class="words as-published" dir="auto" lang="{}">{}</div>', language, text)


@admin.register(Publisher)
class PublisherAdmin(DeskAdmin):
    list_display = ["name", "kind", "country", "homepage"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "kind", "country", "homepage"],
                "description": "Who puts documents before the public: a newspaper, a ministry, a party’s own website.",
            },
        )
    ]


@admin.register(Party)
class PartyAdmin(DeskAdmin):
    list_display = ["name", "short_name", "parent", "wikidata_id"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "short_name", "slug", "parent", "wikidata_id"],
                "description": "A side whose stance is compared. A party may sit within one larger party (Egypt within the "
                "mediators); the larger one’s standing then rolls up from its members.",
            },
        )
    ]


class AffiliationInline(GuardedKeys, admin.TabularInline):
    model = Affiliation
    extra = 0
    autocomplete_fields = ["party"]
    verbose_name_plural = "affiliations: for whom the speaker speaks, as what, from and until when"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("speaker", "party")


@admin.register(Speaker)
class SpeakerAdmin(DeskAdmin):
    form = SpeakerForm
    list_display = ["name", "kind", "also_known_as", "wikidata_id", "is_public"]
    list_filter = ["kind", "is_public", ("affiliations__party", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name"]  # and aliases: see get_search_results
    search_help_text = "A name or an alias, or part of one."
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["is_public"]
    inlines = [AffiliationInline]
    actions = ["merge"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "kind", "aliases", "wikidata_id", "is_public"],
                "description": "Who says something. An office is not its holder: a ministry is a speaker of its own. Somebody "
                "whom no text names (“a correspondent”) is of the kind unnamed. A speaker becomes public with the first "
                "statement that is published.",
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        return super().get_queryset(request).filter(merged_into=None)

    @admin.action(description="Merge two that are one…", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> HttpResponse:
        return to_merge(request, queryset)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.named_like(search_term) if search_term else queryset), False  # type: ignore[attr-defined]

    @admin.display(description="also known as")
    def also_known_as(self, speaker: Speaker) -> str:
        return ", ".join(speaker.aliases)


@admin.register(Affiliation)
class AffiliationAdmin(DeskAdmin):
    list_display = ["speaker", "role", "party", "since", "until"]
    list_filter = [("party", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["speaker", "party"]
    search_fields = ["speaker__name", "role", "party__name"]
    autocomplete_fields = ["speaker", "party"]
    date_hierarchy = "since"
    fieldsets = [
        (
            None,
            {
                "fields": ["speaker", "party", "role", "since", "until"],
                "description": "For whom a speaker speaks and as what. Both days are counted in. A speaker never speaks for "
                "two parties at once. New statements take party and role from here.",
            },
        )
    ]


class AssignmentFilter(admin.SimpleListFilter):
    title = "editor"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "mine"), ("nobody", "unassigned"), ("others", "somebody else’s")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "me":
                return queryset.filter(assigned_to=request.user.pk)
            case "nobody":
                return queryset.filter(assigned_to=None)
            case "others":
                return queryset.exclude(assigned_to=None).exclude(assigned_to=request.user.pk)
        return queryset


class RevisionInline(ReadOnly, admin.TabularInline):
    model = Revision
    fields = ["number", "characters", "sha256", "retrieved_at"]
    readonly_fields = fields  # type: ignore[assignment]
    show_change_link = True
    verbose_name_plural = "revisions: the texts that this source has had"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        return super().get_queryset(request).defer("text").select_related("source").annotate(length=Length("text"))

    @admin.display(description="characters")
    def characters(self, revision: Revision) -> str:
        return f"{revision.length:,}"  # type: ignore[attr-defined]


# How a reader cites a source, and what of it a reader may see.
CITED = ["title", "publisher", "url", "published_on", "medium", "language", "byline", "licence", "full_text_public"]
CITED += ["original_title", "original_publisher", "original_url", "original_published_on", "note"]
QUEUE = ["queue_state", "assigned_to"]  # moved by actions; set here only by those who say who works on what


@admin.register(Source)
class SourceAdmin(QueueActions, DeskAdmin):
    form = SourceForm
    list_display = ["title", "annotate", "queue_state", "assigned_to", "statements_made", "published_on", "publisher"]
    list_filter = [
        "queue_state",
        AssignmentFilter,
        "medium",
        "language",
        ("publisher", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["publisher", "assigned_to"]
    search_fields = ["title", "url", "publisher__name", "byline", "=public_id", "=external_id"]
    date_hierarchy = "published_on"
    autocomplete_fields = ["publisher", "original_publisher"]
    readonly_fields = ["public_id", "external_id", "added_at", "is_public", "newest_text"]
    inlines = [RevisionInline]
    change_form_template = "admin/sources/source/change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """What the public cites is mended by a chief alone: a date or a licence changes what everybody sees."""
        cited = bool(obj and obj.is_public and not request.user.has_perm("sources.delete_source"))
        fixed = [*self.readonly_fields, *(CITED if cited else [])]
        return fixed if self.has_decide_permission(request) else [*fixed, *QUEUE]

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        text = {
            "fields": ["text", "file"] if self.has_change_permission(request, obj) else [],
            "description": "The text as it was published, whole. Statements are anchored to its exact characters.",
        }
        if obj:
            text = {"fields": ["newest_text", *text["fields"]], "description": "The newest revision, as it is kept."}
        where = {
            "fields": ["title", "publisher", "url", "published_on", "medium", "language", "byline", "note"],
            "description": "The document as a reader would cite it. The date is the day on which it was printed. "
            "Readers see the note: what is uncertain about the text, its date or its translation.",
        }
        rights = {
            "fields": ["licence", "full_text_public"],
            "description": "Whether anyone may read the whole text here. Otherwise only the quoted passages are shown.",
        }
        original = {
            "fields": ["original_title", "original_publisher", "original_url", "original_published_on"],
            "description": "For a digest or a translation: the document that it was made from.",
            "classes": ["collapse"],
        }
        queue = {"fields": QUEUE}
        record = {"fields": ["public_id", "external_id", "added_at", "is_public"], "classes": ["collapse"]}
        named = [(None, where), ("Text", text), ("Licence", rights), ("Original document", original), ("Queue", queue)]
        return [*named, ("On the record", record)] if obj else named

    def get_inlines(self, request: HttpRequest, obj: Source | None) -> Any:
        return self.inlines if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        # The interpretation, which this app may not import, has the rule for whose drafts count.
        statements = Source._meta.get_field("statements").related_model.objects.visible_to(request.user)  # type: ignore
        counted = (
            statements.filter(source=OuterRef("pk")).order_by().values("source").annotate(n=Count("pk")).values("n")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(statement_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        )

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "assigned_to":
            kwargs["queryset"] = db_field.related_model._default_manager.filter(is_staff=True, is_active=True).order_by(
                "username"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Source, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if text := form.cleaned_data.get("text"):
            before = obj.newest_revision
            revision = obj.add_revision(text)
            if before == revision:
                self.message_user(request, "The text is the one on the record already.", messages.WARNING)
            elif before:
                self.message_user(request, f"The text is kept as revision {revision.number}.")

    @admin.display(description="workbench")
    def annotate(self, source: Source) -> SafeString:
        url = reverse("workbench:page", args=[source.pk])
        return format_html('<a href="{}" aria-label="Annotate “{}”">Annotate</a>', url, source.title)

    @admin.display(description="statements", ordering="statement_count")
    def statements_made(self, source: Source) -> SafeString:
        url = reverse("admin:claims_statement_changelist")
        return format_html('<a href="{}?source={}">{}</a>', url, source.pk, source.statement_count)  # type: ignore[attr-defined]

    @admin.display(description="text")
    def newest_text(self, source: Source) -> SafeString | str:
        revision = source.newest_revision
        return as_published(revision.text, source.language) if revision else "No text yet."


@admin.register(Revision)
class RevisionAdmin(ReadOnly, DeskAdmin):
    list_display = ["source", "number", "characters", "retrieved_at"]
    list_select_related = ["source"]
    list_filter = ["retrieved_at"]
    date_hierarchy = "retrieved_at"
    search_fields = ["source__title", "=sha256"]
    fieldsets = [
        (
            None,
            {
                "fields": ["source", "number", "retrieved_at", "sha256", "characters", "whole_text"],
                "description": "One text of a source, kept for ever. A changed article is a new revision: give it on the page "
                "of the source.",
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        """Without the texts, which a list has no use for and which may be long."""
        return super().get_queryset(request).defer("text").annotate(length=Length(F("text")))

    @admin.display(description="characters")
    def characters(self, revision: Revision) -> str:
        return f"{revision.length:,}"  # type: ignore[attr-defined]

    @admin.display(description="text")
    def whole_text(self, revision: Revision) -> SafeString:
        return as_published(revision.text, revision.source.language)
