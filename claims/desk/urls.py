"""Under `/admin/desk/`. Each view is wrapped by `at_the_desk`."""

from django.urls import URLPattern, path

from claims.desk import alerts, coding, figures, merging

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("coding/", coding.codings, name="codings"),
    path("coding/begin/", coding.begin, name="coding_begin"),
    path("coding/<int:source>/", coding.coding, name="coding"),
    path("coding/<int:source>/done/", coding.done, name="coding_done"),
    path("coding/<int:source>/settle/", coding.settle, name="coding_settle"),
    path("coding/<int:source>/units.csv", coding.units_csv, name="coding_units"),
    path("coding/<int:source>/figures.csv", coding.figures_csv, name="coding_figures"),
    path("figures/", figures.figures, name="figures"),
    path("figures.csv", figures.figures_csv, name="figures_csv"),
    path("merging/", merging.merges, name="merges"),
    path("merging/<slug:kind>/", merging.merging, name="merging"),
    path("merging/<int:pk>/undo/", merging.undo_merge, name="merge_undo"),
]
