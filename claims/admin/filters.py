"""The side filters of the list of statements. Each calls a query of the models and decides nothing."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from claims.models import Position, Statement, Topic
from claims.workflow import State


class DeskFilter(admin.SimpleListFilter):
    title = "what is to be done"
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("review", "waiting for my review"), ("returned", "mine, to be mended"), ("mine", "mine, all")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "review":
                # Whoever may not review sees no submitted statement of others, and so none here.
                return queryset.filter(pk__in=Statement.objects.reviewable_by(request.user))  # type: ignore[arg-type]
            case "returned":
                return queryset.filter(annotated_by=request.user.pk, state=State.RETURNED)
            case "mine":
                return queryset.filter(annotated_by=request.user.pk)
        return queryset


class TopicFilter(admin.SimpleListFilter):
    title = "topic"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(topic.slug, topic.title) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        on_topic = Position.objects.filter(claim__topic__slug=self.value())
        return queryset.filter(pk__in=on_topic.values("statement"))


class OrphanedFilter(admin.SimpleListFilter):
    title = "place in the text"
    parameter_name = "orphaned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "orphaned: the source has a newer text")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.orphaned() if self.value() == "yes" else queryset  # type: ignore[attr-defined]
