"""Every address of the API."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from claims.api.views import Claims, Statements, TopicMatrix, Topics
from config.api_views import NotFound
from sources.api.views import Parties, Publishers, Sources, Speakers

router = SimpleRouter()
router.register("statements", Statements, "statement")
router.register("sources", Sources, "source")
router.register("publishers", Publishers, "publisher")
router.register("parties", Parties, "party")
router.register("speakers", Speakers, "speaker")
router.register("topics", Topics, "topic")
router.register("topics/(?P<topic>[-a-zA-Z0-9_]{1,100})/claims", Claims, "claim")
router.register("topics/(?P<topic>[-a-zA-Z0-9_]{1,100})/matrix", TopicMatrix, "matrix")

# Swagger writes styles into its own page; nowhere else may that be done.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    # With the slash only: without it, whatever it is, the reader is first sent to the address with it.
    re_path(r"^(?:.*/)?$", NotFound.as_view()),
]
