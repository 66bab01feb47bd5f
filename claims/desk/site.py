"""The admin site: its first page is the editors' home."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse


class DeskConfig(AdminConfig):
    default_site = "claims.desk.site.DeskSite"


class DeskSite(AdminSite):
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from claims.desk.home import home  # the models are not there yet when the apps are set up

        context = {"title": "Your desk", **home(request.user), **(extra_context or {})}  # type: ignore[arg-type]
        return super().index(request, context)
