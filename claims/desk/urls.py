"""Under `/admin/desk/`. Each view is wrapped by `at_the_desk`."""

from django.urls import URLPattern, path

from claims.desk import alerts, coding, figures, merging, queue, review, talk, whole

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("next/", queue.take_next, name="take_next"),
    path("take/<int:pk>/", queue.take, name="take"),
    path("put-back/<int:pk>/", queue.put_back, name="put_back"),
    path("done/<int:pk>/", queue.mark_done, name="mark_done"),
    path("assign/", queue.assign, name="assign"),
    path("review/", review.review_next, name="review_next"),
    path("review/source/<int:source>/", whole.whole, name="review_source"),
    path("review/source/<int:source>/publish/", whole.publish_all, name="publish_all"),
    path("review/<slug:public_id>/", review.review, name="review"),
    path("review/<slug:public_id>/publish/", review.publish, name="publish"),
    path("review/<slug:public_id>/return/", review.return_, name="return"),
    path("statements/<slug:public_id>/comments/", talk.comment, name="comment"),
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
