"""Who may do what: the three groups and their permissions, granted anew after every migrate."""

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q

ANNOTATORS, REVIEWERS, CHIEFS = "Annotators", "Reviewers", "Chiefs"

READ_EVERYTHING = {
    f"{app}.view_{model}"
    for app, models in {
        "sources": ("source", "revision", "publisher", "party", "speaker", "affiliation"),
        "claims": (
            "topic",
            "topicparty",
            "claim",
            "statement",
            "position",
            "relay",
            "utterance",
            "transition",
            "assessment",
        ),
    }.items()
    for model in models
}
ANNOTATE = {
    "sources.add_source",
    "sources.change_source",
    "sources.add_speaker",
    "claims.add_statement",
    "claims.change_statement",
    "claims.delete_statement",
    *(f"claims.{verb}_{model}" for verb in ("add", "change", "delete") for model in ("position", "relay", "utterance")),
}
REVIEW = {"claims.review_statement"}
MANAGE = {
    *(
        f"sources.{verb}_{model}"
        for verb in ("add", "change", "delete")
        for model in ("publisher", "party", "speaker", "affiliation", "source")
    ),
    *(
        f"claims.{verb}_{model}"
        for verb in ("add", "change", "delete")
        for model in ("topic", "topicparty", "claim", "assessment")
    ),
    "claims.view_merge",
    "claims.add_merge",
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
    "auth.view_group",
}

ROLES: dict[str, set[str]] = {
    ANNOTATORS: READ_EVERYTHING | ANNOTATE,
    REVIEWERS: READ_EVERYTHING | ANNOTATE | REVIEW,
    CHIEFS: READ_EVERYTHING | ANNOTATE | REVIEW | MANAGE,
}


def grant_roles(using: str = "default", **kwargs: Any) -> None:
    """Give each group exactly its permissions. Idempotent; a permission whose model has gone is left out."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions

    for app in ("sources", "claims", "auth"):  # those migrated after us have no permissions yet
        create_permissions(apps.get_app_config(app), verbosity=0, using=using)
    for name, granted in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        wanted = Q(pk__in=[])
        for label in granted:
            app, codename = label.split(".")
            wanted |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(Permission.objects.using(using).filter(wanted))


def may_review(user: User | AnonymousUser) -> bool:
    """Reviewers and chiefs. 2 queries the first time that a user is asked about, then none."""
    return user.has_perm("claims.review_statement")
