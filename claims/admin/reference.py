"""What statements are read against: topics with their parties and claims, and the verdicts on claims of fact."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from claims.models import Assessment, Claim, Topic, TopicParty
from sources.admin import TYPED, DeskAdmin, to_merge
from sources.typeahead import GuardedKeys


class TopicPartyInline(GuardedKeys, admin.TabularInline):
    model = TopicParty
    extra = 0
    autocomplete_fields = ["party"]
    verbose_name_plural = "parties: the columns of the matrix, from the left"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TopicParty]:
        return super().get_queryset(request).select_related("party", "topic")


class ClaimInline(admin.StackedInline):
    model = Claim
    extra = 0
    show_change_link = True
    formfield_overrides = TYPED
    prepopulated_fields = {"slug": ["label"]}
    fields = [("label", "slug"), "proposition", ("kind", "rank"), "coding_rule"]
    verbose_name_plural = "claims: the rows of the matrix, from the top"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return super().get_queryset(request).filter(merged_into=None)


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    list_display = ["title", "slug", "opened_on", "closed_on"]
    search_fields = ["title", "slug", "summary"]
    date_hierarchy = "opened_on"
    prepopulated_fields = {"slug": ["title"]}
    inlines = [TopicPartyInline, ClaimInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "slug", "summary", ("opened_on", "closed_on")],
                "description": "One debate: its parties are the columns of the matrix, its claims the rows.",
            },
        )
    ]


@admin.register(Claim)
class ClaimAdmin(DeskAdmin):
    list_display = ["label", "topic", "kind", "rank", "proposition"]
    list_filter = ["topic", "kind"]
    list_select_related = ["topic"]
    search_fields = ["label", "proposition", "slug"]
    autocomplete_fields = ["topic"]
    prepopulated_fields = {"slug": ["label"]}
    actions = ["merge"]
    fieldsets = [
        (
            None,
            {
                "fields": ["topic", "label", "slug", "proposition", "kind", "coding_rule", "rank"],
                "description": "A neutral, full sentence. A party can support or oppose a proposal, affirm or deny a fact. The "
                "coding rule tells editors when it applies and when not, with an example: write it before the first position.",
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return super().get_queryset(request).filter(merged_into=None)

    @admin.action(description="Merge two that are one…", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        return to_merge(request, queryset)


@admin.register(Assessment)
class AssessmentAdmin(DeskAdmin):
    list_display = ["claim", "rating", "assessed_by", "assessed_on"]
    list_filter = ["rating", "claim__topic"]
    list_select_related = ["claim", "assessed_by"]
    search_fields = ["claim__label", "rationale"]
    date_hierarchy = "assessed_on"
    autocomplete_fields = ["claim", "evidence"]
    readonly_fields = ["assessed_by"]
    fieldsets = [
        (
            None,
            {
                "fields": ["claim", "rating", "rationale", "evidence", "assessed_on", "assessed_by"],
                "description": "The desk’s verdict on a claim of fact, and the sources that it rests on. A proposal is neither "
                "true nor false, and has none.",
            },
        )
    ]

    def save_model(self, request: HttpRequest, obj: Assessment, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.assessed_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "claim" in form.base_fields:
            form.base_fields["claim"].help_text = "One of the kind fact."
        return form
