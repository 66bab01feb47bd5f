"""How somebody at the desk wishes to hear of what waits: a private feed, mail. And the feed itself."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_http_methods, require_safe

from claims.alerts import Kind, waiting_for
from claims.desk.access import DeskRequest, at_the_desk, has_role
from claims.models import Alert
from config.http import always_open


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk
def alerts(request: DeskRequest) -> HttpResponse:
    """A new address is shown in the answer that made it, and nowhere again: what is kept is its hash."""
    match request.POST.get("verb"):
        case "renew":
            token = Alert.objects.renew(user=request.user)
            address = request.build_absolute_uri(reverse("desk_feed", args=[token]))
            return _page(request, address=address)
        case "end":
            Alert.objects.filter(user=request.user).update(feed_digest=None)
        case "mail" | "no_mail" as verb:
            Alert.objects.update_or_create(user=request.user, defaults={"by_mail": verb == "mail"})
    if request.method == "POST":
        return HttpResponseRedirect(reverse("desk:alerts"))
    return _page(request)


def _page(request: DeskRequest, **more: Any) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Alerts",
        "alert": Alert.objects.filter(user=request.user).first(),
        "waiting": [(one, _place(one.kind)) for one in waiting_for(request.user)],
        "mail_is_configured": settings.PARLEY_MAIL,
    }
    return TemplateResponse(request, "admin/desk/alerts.html", {**context, **more})


@always_open  # by its token: a feed reader has no cookies
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What waits, as far as a machine outside the house may know it (see `claims.alerts`)."""
    found = Alert.objects.of_token(token).first()
    if found is None or not has_role(found.user):
        raise Http404("There is no such feed.")
    answer = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    _atom(request, found).write(answer, "utf-8")
    return answer


def _atom(request: HttpRequest, alert: Alert) -> Atom1Feed:
    home = request.build_absolute_uri(reverse("admin:index"))
    # No address of its own in it: what a reader shows or passes on of it must not hold the token.
    atom = Atom1Feed(
        title="Waiting for you at Parley",
        link=home,
        description="",
        language="en-gb",
        author_name="Parley",
        feed_guid=f"{home}#waiting-{alert.pk}",
    )
    for waiting in waiting_for(alert.user):
        link = request.build_absolute_uri(_place(waiting.kind))
        atom.add_item(
            str(waiting),
            link,
            description="Seen to at the editors’ desk.",
            unique_id=waiting.mark,
            updateddate=waiting.newest,
        )
    return atom


def _place(kind: Kind) -> str:
    """Where at the desk it is seen to."""
    return reverse("desk:review_next" if kind == Kind.REVIEW else "admin:index")
