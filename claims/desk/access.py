"""Who is let in to the desk."""

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from config.http import HtmxRequest, always_open


class DeskRequest(HtmxRequest):
    """A request of somebody who has a role."""

    user: User


def has_role(user: Any) -> bool:
    """Annotators, reviewers and chiefs. 2 queries the first time that a user is asked about, then none."""
    return user.is_active and user.is_staff and user.has_perm("claims.add_statement")


def at_the_desk(view: Any = None, *, needs: str = "") -> Any:
    """A view for those who have a role, and the permission `needs` where one is named.

    Who is not logged in comes to the log-in page and from there back; who has no part in it gets a 403.
    """
    if view is None:
        return lambda view: at_the_desk(view, needs=needs)

    @always_open  # the check is here, as in the admin
    @never_cache
    @wraps(view)
    def checked(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(page_of(request), reverse("admin:login"))
        if not has_role(request.user) or (needs and not request.user.has_perm(needs)):
            raise PermissionDenied("Your account has no part in this.")
        return view(request, *args, **kwargs)

    return checked


def page_of(request: HtmxRequest) -> str:
    """Where somebody is: what they asked to see, or the page from which they sent a form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    home = reverse("admin:index")
    if came_from.netloc != request.get_host() or not came_from.path.startswith(home):
        return home
    return came_from._replace(scheme="", netloc="").geturl()
