"""Static files: which are collected, and under which names pages ask for them."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Leaves out what no page uses: Redoc, which loads fonts from elsewhere, the browsable API, htmx’s extensions."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework", "ext"]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files once `collectstatic` has run; until then (development, tests) their plain names."""

    support_js_module_import_aggregation = True  # a module imports its neighbours by their hashed names too

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name
