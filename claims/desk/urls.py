"""Under `/admin/desk/`. Each view is wrapped by `at_the_desk`."""

from django.urls import URLPattern, path

from claims.desk import alerts

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("alerts/", alerts.alerts, name="alerts"),
]
