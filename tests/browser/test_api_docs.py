"""The page on which the API can be tried: from our own files alone, under the policy, and it works."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_is_tried_on_the_page_without_a_breach_or_a_stranger(watched: Watched) -> None:
    page = watched.open("/api/docs/")
    operation = page.locator("#operations-topics-topics_list")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text('"results"')
