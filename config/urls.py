from django.contrib import admin
from django.urls import include, path

from config import health

handler400 = "config.http.bad_request"
handler500 = "config.health.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/sources/source/<str:source>/annotate/", include("claims.workbench.urls")),
    path("admin/desk/", include("claims.desk.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("config.api_urls")),
    path("", include("claims.urls")),
]
