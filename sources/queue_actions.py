"""The queue in the list of sources: each action calls the model's verb on one source after the other."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from sources.models import Source
from sources.models.document import DECIDES


class KeepForm(ActionForm):
    """Beside the choice of the action: for whom to keep."""

    editor = forms.ModelChoiceField(
        User.objects.filter(is_staff=True, is_active=True).order_by("username"), required=False, label="for"
    )


class QueueActions(admin.ModelAdmin):
    actions = ["take", "keep_for", "put_back", "mark_done", "set_aside"]
    action_form = KeepForm

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        form = getattr(response, "context_data", None) and response.context_data.get("action_form")  # type: ignore[attr-defined]
        if form and not self.has_decide_permission(request):
            form.fields.pop("editor", None)
        return response

    @admin.action(description="Take: assign to me, in progress", permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        self._queue(request, queryset, "taken: yours, in progress", lambda source: source.take(by=request.user))

    @admin.action(description="Keep for somebody: choose whom", permissions=["decide"])
    def keep_for(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        editor = User.objects.filter(
            pk__in=[key for key in [request.POST.get("editor", "")] if key.isdecimal()]
        ).first()
        if editor is None:
            self.message_user(request, "Choose for whom to keep them.", messages.ERROR)
        else:
            self._queue(request, queryset, f"kept for {editor}", lambda source: source.assign(to=editor))

    @admin.action(description="Put back: waiting, for anybody", permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        self._queue(request, queryset, "put back", lambda source: source.put_back(by=request.user))

    @admin.action(description="Mark done", permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        self._queue(request, queryset, "marked done", lambda source: source.mark_done(by=request.user))

    @admin.action(description="Set aside", permissions=["change"])
    def set_aside(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        self._queue(request, queryset, "set aside", lambda source: source.set_aside(by=request.user))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who says who works on what."""
        return request.user.has_perm(DECIDES)

    def _queue(self, request: HttpRequest, queryset: QuerySet[Source], done: str, verb: Callable[[Any], None]) -> None:
        moved = 0
        for source in queryset:
            try:
                verb(source)
                moved += 1
            except ValidationError as error:
                self.message_user(request, f"Not {done}: {' '.join(error.messages)}", messages.ERROR)
        if moved:
            self.message_user(request, f"{moved} source{'s' if moved != 1 else ''} {done}.", messages.SUCCESS)
