"""Under `/admin/desk/`. Each view is wrapped by `at_the_desk`."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
