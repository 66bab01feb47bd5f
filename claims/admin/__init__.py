"""The editors' desk for the interpretation. Rules live on the models; these pages call them."""

from django.contrib import admin

from claims.admin import log, people, reference, statements

__all__ = ["log", "people", "reference", "statements"]

admin.site.site_header = "Parley editors’ desk"
admin.site.site_title = "Parley editors’ desk"
admin.site.index_title = "On the desk"
admin.site.empty_value_display = "–"
