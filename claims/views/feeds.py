"""What is new of a topic, for feed readers: the same statements that its pages list."""

from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from claims.models import Statement, Topic
from config.http import public

SHOWN = 50


class TopicFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Topic:
        return get_object_or_404(Topic, slug=slug)

    def title(self, topic: Topic) -> str:
        return f"{topic.title}: newest statements"

    def link(self, topic: Topic) -> str:
        return topic.get_absolute_url()

    def items(self, topic: Topic) -> Any:
        """Those published last first, each once however many claims it takes a position on."""
        taken = Statement.objects.published().filter(positions__claim__topic=topic)
        found = Statement.objects.filter(pk__in=taken.values("pk")).select_related("speaker", "source__publisher")
        return found.defer("search").order_by("-reviewed_at", "-id")[:SHOWN]

    def item_title(self, item: Statement) -> str:
        return f"{item.speaker.name}, {item.source.publisher.name}"

    def item_description(self, item: Statement) -> str:
        return item.quote

    def item_pubdate(self, item: Statement) -> Any:
        return item.reviewed_at

    def item_updateddate(self, item: Statement) -> Any:
        return item.updated_at


feed = TopicFeed()


@public
@require_safe
def topic_feed(request: HttpRequest, slug: str) -> HttpResponse:
    return feed(request, slug=slug)
