"""Type-ahead fields of the desk that a mistyped key in an address or a form does not break."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import HttpRequest


class KeySelect(AutocompleteSelect):
    """Django's own, which looks up whatever stands in the address and answers `?source=abc` with a 500."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:  # type: ignore[override]
        keys = [key for key in value if not key or (str(key).isascii() and str(key).isdecimal())]
        return super().optgroups(name, keys, attr)


class KeySelectMultiple(KeySelect, AutocompleteSelectMultiple):
    pass


class GuardedKeys:
    """For a page or an inline: fields with type-ahead that a mistyped key does not break."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **self._guard(KeySelect, db_field, request, kwargs))  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        guarded = self._guard(KeySelectMultiple, db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **guarded)  # type: ignore[misc]

    def _guard(self, widget: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs["widget"] = widget(db_field, self.admin_site, using=kwargs.get("using"))  # type: ignore[attr-defined]
        return kwargs
