"""The public pages, whose paths are those of the models' get_absolute_url, and the feeds."""

from django.urls import path

from claims.desk.alerts import feed
from claims.views.claim import claim
from claims.views.feeds import topic_feed
from claims.views.home import home
from claims.views.people import party, speaker
from claims.views.search import search
from claims.views.sources import source
from claims.views.statements import statement
from claims.views.topics import topic

urlpatterns = [
    path("", home, name="home"),
    path("topics/<slug:slug>/", topic, name="topic"),
    path("topics/<slug:topic>/claims/<slug:slug>/", claim, name="claim"),
    path("statements/<slug:public_id>/", statement, name="statement"),
    path("sources/<slug:public_id>/", source, name="source"),
    path("speakers/<slug:slug>/", speaker, name="speaker"),
    path("parties/<slug:slug>/", party, name="party"),
    path("search/", search, name="search"),
    path("feeds/topics/<slug:slug>.atom", topic_feed, name="topic_feed"),
    path("feeds/desk/<str:token>.atom", feed, name="desk_feed"),
]
