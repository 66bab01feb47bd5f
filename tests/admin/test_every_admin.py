"""Every page of every registered admin, generated from the registry: it opens, for whom, and at a constant cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.admin.statements import StatementAdmin
from sources.admin import ReadOnly
from tests.admin.conftest import Desk

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert response.status_code == 200
    return len(captured)


def test_the_models_of_both_apps_are_all_registered() -> None:
    inline = {"TopicParty"}
    proxies = {"PrintedSource", "NestedParty", "NamedSpeaker"}
    the_workbenchs_own = {"KeptForm", "Presence"}  # a form is its editor's alone, also before a chief
    shown_elsewhere = {
        "StatementEvent",
        "PositionEvent",
        "RelayEvent",
        "Comment",
        "Merge",
        "Coding",
        "PassedOver",
        "Alert",
    }
    from django.apps import apps

    ours = {model.__name__ for app in ("sources", "claims") for model in apps.get_app_config(app).get_models()}
    assert ours - inline - proxies - the_workbenchs_own - shown_elsewhere == {model.__name__ for model in MODELS} - {
        "User"
    }


@every_model
def test_a_chief_opens_list_change_and_add_page(
    model: Any, desk: Desk, cleo: User, add_rows: Callable[[int], None]
) -> None:
    add_rows(1)
    client = desk(cleo)
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist") + "?q=a").status_code == 200
    pk = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    assert client.get(url(model, "change", pk)).status_code == 200
    read_only = isinstance(admin.site._registry[model], ReadOnly)
    assert client.get(url(model, "add")).status_code == (403 if read_only else 200)


@every_model
def test_a_list_costs_as_much_with_three_rows_as_with_one(
    model: Any, desk: Desk, cleo: User, add_rows: Callable[[int], None]
) -> None:
    client = desk(cleo)
    add_rows(1)
    one = queries(client, url(model, "changelist"))
    add_rows(2)
    add_rows(3)
    assert queries(client, url(model, "changelist")) == one


def test_the_page_of_a_review_costs_as_much_with_three_positions_as_with_one(
    desk: Desk, ann: User, cleo: User, draft: Any, valley: Any, northland: Any, southland: Any, article: Any
) -> None:
    client, statement = desk(cleo), draft(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    address = url(type(statement), "change", statement.pk)
    one = queries(client, address)
    other = valley.topic.claims.create(slug="spring", label="In spring", proposition="Northland leaves in spring.")
    rows = [(valley, northland), (valley, southland), (other, northland)]
    statement.edit(
        by=ann,
        positions=[{"claim": c, "holder": h, "stance": "supports"} for c, h in rows],
        via=[article.publisher],
    )
    assert queries(client, address) == one


@every_model
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_strangers_are_sent_to_the_log_in(model: Any, page: str, desk: Desk, sam: User) -> None:
    for client in (Client(), desk(sam)):
        response = client.get(url(model, page))
        assert (response.status_code, response.url) == (302, f"/admin/login/?next={url(model, page)}")


def test_state_and_log_are_not_fields_of_any_form() -> None:
    assert {"state", "annotated_by", "reviewed_by", "reviewed_at"} <= set(StatementAdmin.readonly_fields)
