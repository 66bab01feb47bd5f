"""Making statements: the form, its positions and relays, saved through the verbs of the model and no other way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.admin.filters import DeskFilter, OrphanedFilter, TopicFilter
from claims.admin.log import words_of
from claims.admin.review import ReviewMixin
from claims.forms import CorrectionForm, StatementForm
from claims.models import Position, Relay, Statement
from claims.templatetags.stance import day
from claims.workflow import Stale
from sources.admin import TYPED, DeskAdmin
from sources.models import Publisher, Source, Speaker
from sources.typeahead import GuardedKeys

POSITION_FIELDS = ["claim", "holder", "stance", "strength", "condition", "rationale"]


class PositionInline(GuardedKeys, admin.StackedInline):
    model = Position
    extra = 0
    formfield_overrides = TYPED
    autocomplete_fields = ["claim", "holder"]
    fields = [("claim", "holder"), ("stance", "strength"), "condition", "rationale"]
    verbose_name_plural = "positions: what the words say on a claim, and whose stance it is"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return super().get_queryset(request).select_related("claim", "holder").order_by("id")


class RelayInline(GuardedKeys, admin.TabularInline):
    model = Relay
    extra = 0
    autocomplete_fields = ["speaker", "publisher"]
    verbose_name_plural = "relays: who passed the words on, from nearest the speaker (1) to the publisher"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Relay]:
        return super().get_queryset(request).select_related("speaker", "publisher").order_by("rank")


def kept(formset: BaseFormSet) -> Iterator[dict[str, Any]]:
    """What the forms of an inline say, without those that are empty or ticked to go."""
    for form in formset.forms:
        if form.cleaned_data and not form.cleaned_data.get("DELETE"):
            yield form.cleaned_data


def positions_of(formset: BaseFormSet) -> list[dict[str, Any]]:
    return [{name: data[name] for name in POSITION_FIELDS} for data in kept(formset)]


def chain_of(formset: BaseFormSet) -> list[Speaker | Publisher]:
    return [data["speaker"] or data["publisher"] for data in sorted(kept(formset), key=lambda data: data["rank"])]


@admin.register(Statement)
class StatementAdmin(ReviewMixin, DeskAdmin):
    list_display = [
        "words",
        "state",
        "speaker",
        "said",
        "positions_read",
        "party",
        "source",
        "annotated_by",
        "reviewed_by",
    ]
    list_filter = [
        DeskFilter,
        "state",
        TopicFilter,
        "kind",
        OrphanedFilter,
        ("speaker", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["speaker", "party", "source", "annotated_by", "reviewed_by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["quote"]  # by full text: see get_search_results
    search_help_text = "Words of the quotation or a name, “a phrase in quotes”, or the id of a statement."
    date_hierarchy = "said_on"
    autocomplete_fields = ["source", "speaker", "party", "utterance"]
    readonly_fields = [
        "quotation",
        "state",
        "annotated_by",
        "reviewed_by",
        "reviewed_at",
        "version",
        "public_id",
        "external_id",
    ]
    inlines = [PositionInline, RelayInline]
    actions = ["submit_mine", "publish_each"]
    change_form_template = "admin/claims/statement/change_form.html"

    # Who sees and does what: the model's own rules

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        """What this person may see, with the positions: 1 query more."""
        visible = Statement.objects.visible_to(request.user).values("pk")
        positions = Prefetch("positions", Position.objects.select_related("claim", "holder").order_by("id"))
        return super().get_queryset(request).filter(pk__in=visible).prefetch_related(positions)

    def has_change_permission(self, request: HttpRequest, obj: Statement | None = None) -> bool:
        if obj is None or not super().has_change_permission(request):
            return super().has_change_permission(request)
        if getattr(request, "correcting", False):
            return "correct" in obj.moves_open_to(request.user)  # type: ignore[arg-type]
        return obj.is_editable_by(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Statement | None = None) -> bool:
        mine = obj is None or obj.is_deletable_by(request.user)  # type: ignore[arg-type]
        return mine and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft takes its positions and relays along, though nobody deletes those on pages of their own."""
        to_delete, counts, needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, needed - {"position", "relay"}, protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What cannot go says why: somebody has spoken of it, or it has gone already."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:claims_statement_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Statement) -> None:
        obj.discard(by=request.user)  # type: ignore[arg-type]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    # The list

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            queryset = queryset.search(search_term) | queryset.filter(public_id=search_term)  # type: ignore[attr-defined]
        return queryset, False

    @admin.display(description="words", ordering="place")
    def words(self, statement: Statement) -> SafeString:
        return words_of(statement)

    @admin.display(description="said", ordering="said_on_latest")
    def said(self, statement: Statement) -> str:
        return day(statement.said_on, statement.said_on_precision)

    # The form

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, form=forms.ModelForm, **kwargs)
        form = CorrectionForm if getattr(request, "correcting", False) else StatementForm
        return super().get_form(request, obj, change=change, form=form, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "source"] if obj else list(self.readonly_fields)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return list(self.autocomplete_fields)

    def get_fieldsets(self, request: HttpRequest, obj: Statement | None = None) -> Any:
        may_write = obj is None or self.has_change_permission(request, obj)
        passages = ["passages", "places"] if may_write else ["quotation"]
        if may_write and obj:
            passages.append("based_on")
        if may_write and obj and Statement.objects.orphaned().filter(pk=obj.pk).exists():
            passages.append("newest_text")
        where = {
            "fields": ["source", *passages],
            "description": "The words stand in the newest text of the source; the quotation is cut from it, never typed.",
        }
        who = {
            "fields": [("kind", "cue"), ("speaker", "speaker_as_named"), ("party", "role"), ("addressee", "occasion")],
            "description": "Who says it, not who holds it. Party and role: whom the speaker spoke for, as what. Left empty on a "
            "new statement, they are taken from the speaker’s affiliation on that day.",
        }
        when = {
            "fields": [("said_on", "said_on_precision", "said_on_as_printed"), "language", "original_quote"],
            "description": "When it was said, not printed. Left empty on a new statement: the day on which the source was "
            "printed. Keep vague words (“early May”) as printed.",
        }
        more = {"fields": ["utterance", "note"], "description": "Readers see the note with the statement."}
        state = ["state", "annotated_by", "reviewed_by", "reviewed_at", "version", "public_id", "external_id"]
        fieldsets: list[Any] = [
            (None, where),
            ("Who said it, and how", who),
            ("When, in which language", when),
            ("More", more),
        ]
        if getattr(request, "correcting", False):
            fieldsets.insert(0, ("Correction", {"fields": ["comment"]}))
        if obj:
            fieldsets.append(("State", {"fields": state, "classes": ["collapse"]}))
        if not may_write:  # the panel above says it all; these are for looking up
            return [(name or "Where it stands", {**rest, "classes": ["collapse"]}) for name, rest in fieldsets]
        return fieldsets

    def get_inlines(self, request: HttpRequest, obj: Statement | None) -> Any:
        """Nothing to edit, nothing to repeat: the panel shows positions and relays."""
        return self.inlines if obj is None or self.has_change_permission(request, obj) else []

    @admin.display(description="quotation")
    def quotation(self, statement: Statement) -> SafeString:
        return format_html('<div class="words" dir="auto">{}</div>', statement.quote)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        statement = kwargs.get("obj")
        if statement:
            context["panel"] = self.review_panel(request, statement)
            context["correcting"] = correcting = getattr(request, "correcting", False)
            context |= {"show_save_and_add_another": not correcting, "show_save_and_continue": not correcting}
        source = statement.source if statement else self._source_asked_for(request)
        if source and (not statement or self.has_change_permission(request, statement)):
            context |= {"text_source": source, "text_revision": source.newest_revision}
        return super().render_change_form(request, context, *args, **kwargs)

    def _source_asked_for(self, request: HttpRequest) -> Source | None:
        key = request.POST.get("source") or request.GET.get("source", "")
        visible = Source.objects.visible_to(request.user)
        return visible.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None

    # Saving: nothing is written before all is valid, and then by one verb

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Statement:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Statement, form: Any, change: bool) -> None:
        """Written with its positions and relays, in `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        new: dict[str, Any] = form.what_is_new()
        for formset in formsets:
            if formset.has_changed():
                positions = formset.model is Position
                new["positions" if positions else "via"] = (positions_of if positions else chain_of)(formset)
        if not change:
            recorded = Statement.objects.record(by=request.user, **new)  # type: ignore[arg-type]
            form.instance.pk = recorded.pk
        elif new and getattr(request, "correcting", False):
            with self._second_look(request, form) as version:
                form.instance.correct(by=request.user, version=version, comment=form.cleaned_data["comment"], **new)
        elif new:
            with self._second_look(request, form) as version:
                form.instance.edit(by=request.user, version=version, **new)
        elif getattr(request, "correcting", False):
            raise ValidationError("Nothing has been changed, so there is nothing to correct.")
        form.instance.refresh_from_db()

    @contextmanager
    def _second_look(self, request: HttpRequest, form: Any) -> Iterator[int | None]:
        """The version to change. Where it is not the stored one any more, the page shows both, and the next save may."""
        try:
            yield form.cleaned_data["based_on"]
        except Stale as error:
            stored = Statement.objects.get(pk=form.instance.pk)
            again = request.POST.copy()
            again["based_on"] = str(stored.version)
            request.POST = again  # type: ignore[assignment] # what the page is shown with, and the next save sends
            raise ValidationError(
                f"Version {stored.version} of this statement was saved after you had opened it: it is the one shown above. "
                "Below is yours. Save once more to put yours in its place, or leave this page to keep the other."
            ) from error

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return super().construct_change_message(request, form, [], add)

    def response_add(self, request: HttpRequest, obj: Statement, post_url_continue: str | None = None) -> HttpResponse:
        """Another one is most often made from the same source."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(f"{reverse('admin:claims_statement_add')}?source={obj.source_id}")
        return response

    def response_change(self, request: HttpRequest, obj: Statement) -> HttpResponse:
        if not getattr(request, "correcting", False):
            return super().response_change(request, obj)
        self.message_user(request, "The statement is corrected, and the public sees your note.", messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Statement) -> HttpResponseRedirect:
        """Back to the statement itself, where its words can be checked and submitted."""
        return HttpResponseRedirect(reverse("admin:claims_statement_change", args=[obj.pk]))

    def response_post_save_change(self, request: HttpRequest, obj: Statement) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:claims_statement_change", args=[obj.pk]))
