"""Under `/admin/sources/source/<key>/annotate/`."""

from django.urls import path

from claims.workbench import beat, look_ups, page, saving

app_name = "workbench"
urlpatterns = [
    path("", page.annotate, name="page"),
    path("queue/", page.queue, name="queue"),
    path("reading/", look_ups.reading, name="reading"),
    path("speakers/", look_ups.speakers, name="speakers"),
    path("claims/", look_ups.claims, name="claims"),
    path("relays/", look_ups.relays, name="relays"),
    path("statements/", saving.statements, name="statements"),
    path("statements/<slug:public_id>/", saving.statement, name="statement"),
    path("statements/<slug:public_id>/delete/", saving.delete, name="delete"),
    path("statements/<slug:public_id>/submit/", saving.submit, name="submit"),
    path("submit/", saving.submit_all, name="submit_all"),
    path("undo/", saving.undo, name="undo"),
    path("pulse/", beat.pulse, name="pulse"),
    path("token/", beat.token, name="token"),
    path("kept/<uuid:key>/", beat.keep, name="keep"),
    path("kept/<uuid:key>/discard/", beat.discard, name="discard"),
]
