"""The public pages. Paths are those of the models' get_absolute_url."""

from django.urls import path

from claims.views.claim import claim
from claims.views.home import home
from claims.views.topics import topic

urlpatterns = [
    path("", home, name="home"),
    path("topics/<slug:slug>/", topic, name="topic"),
    path("topics/<slug:topic>/claims/<slug:slug>/", claim, name="claim"),
]
