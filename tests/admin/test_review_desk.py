"""The whole way of a statement through the desk's own POSTs, and who may go which part of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from claims.models import Claim, Statement
from claims.roles import CHIEFS
from tests.admin.conftest import Desk, form_of

LIST = "/admin/claims/statement/"


def page(statement: Statement) -> str:
    return f"{LIST}{statement.pk}/change/"


def move(client: Client, statement: Statement, name: str, comment: str = "") -> list[str]:
    """What the desk says after the button is pressed."""
    response = client.post(f"{LIST}{statement.pk}/move/{name}/", {"comment": comment}, follow=True)
    statement.refresh_from_db()
    return [str(message) for message in response.context["messages"]] if response.context else []


def buttons(client: Client, statement: Statement) -> list[str]:
    panel = client.get(page(statement)).context["panel"]
    return [name for name, _ in panel["moves"]]


def log(statement: Statement) -> list[tuple[str, str, str, str, str]]:
    rows = statement.transitions.order_by("id").values_list("name", "from_state", "to_state", "by__username", "comment")
    return list(rows)


def test_submit_return_mend_submit_publish_correct_withdraw_each_logged_once(
    desk: Desk, ann: User, ray: User, draft: Any, valley: Claim, southland: Any, northland: Any
) -> None:
    annotator, reviewer = desk(ann), desk(ray)
    statement = draft()
    assert buttons(annotator, statement) == ["submit"]
    assert move(annotator, statement, "submit") == ["The statement is submitted."]
    assert buttons(annotator, statement) == []
    assert buttons(reviewer, statement) == ["publish", "return"]
    assert move(reviewer, statement, "return", "The cue is missing.") == ["The statement is returned."]
    assert "<b>To be mended, says ray:</b> The cue is missing." in annotator.get(page(statement)).content.decode()

    annotator.post(page(statement), {**form_of(annotator.get(page(statement))), "cue": "declared"}, follow=True)
    assert move(annotator, statement, "submit") == ["The statement is submitted."]
    assert move(reviewer, statement, "publish") == ["The statement is published."]
    assert (statement.cue, statement.reviewed_by) == ("declared", ray)
    assert buttons(reviewer, statement) == ["correct", "withdraw"]

    correct = f"{LIST}{statement.pk}/move/correct/"
    data = form_of(reviewer.get(correct))
    data |= {"party": southland.pk, "comment": "She spoke for Southland.", "positions-TOTAL_FORMS": 1}
    data |= {"positions-0-claim": valley.pk, "positions-0-holder": northland.pk}
    response = reviewer.post(correct, {**data, "positions-0-stance": "supports", "positions-0-strength": "plain"})
    assert response.url == page(statement)
    reviewer.get(response.url)
    statement.refresh_from_db()
    assert (statement.party, statement.state) == (southland, "published")
    assert [(p.holder, p.ascribed) for p in statement.positions.all()] == [(northland, True)]
    assert move(reviewer, statement, "withdraw", "She never said it.") == ["The statement is withdrawn."]
    assert buttons(reviewer, statement) == []
    assert log(statement) == [
        ("submit", "draft", "submitted", "ann", ""),
        ("return", "submitted", "returned", "ray", "The cue is missing."),
        ("submit", "returned", "submitted", "ann", ""),
        ("publish", "submitted", "published", "ray", ""),
        ("correct", "published", "published", "ray", "She spoke for Southland."),
        ("withdraw", "published", "withdrawn", "ray", "She never said it."),
    ]
    shown = [row.name for row in reviewer.get(page(statement)).context["panel"]["log"]]
    assert shown == ["submit", "return", "submit", "publish", "correct", "withdraw"]


def test_the_panel_marks_the_words_in_their_context(desk: Desk, ray: User, ann: User, draft: Any) -> None:
    statement = draft("“We go in spring,”", "“and not before.”")
    statement.submit(by=ann)
    html = desk(ray).get(page(statement)).content.decode()
    assert "<mark>“We go in spring,”</mark> she added, <mark>“and not before.”</mark> Southland doubts it." in html


def test_a_text_with_markup_is_shown_as_text(desk: Desk, ann: User, article: Any, draft: Any) -> None:
    article.add_revision("She said <script>alert(1)</script> twice.")
    statement = draft("<script>alert(1)</script>")
    html = desk(ann).get(page(statement)).content.decode()
    assert "<script>alert(1)" not in html
    assert "<mark>&lt;script&gt;alert(1)&lt;/script&gt;</mark>" in html


@pytest.mark.parametrize(
    ("name", "comment", "message"),
    [
        ("publish", "", "Nobody reviews their own statement."),
        ("return", "Mend it.", "Nobody reviews their own statement."),
        ("submit", "", "A statement that is submitted cannot be moved by “submit”."),
        ("withdraw", "Because.", "A statement that is submitted cannot be moved by “withdraw”."),
    ],
)
def test_a_reviewer_cannot_pass_their_own(
    desk: Desk, ray: User, draft: Any, name: str, comment: str, message: str
) -> None:
    statement = draft(by=ray)
    statement.submit(by=ray)
    assert move(desk(ray), statement, name, comment) == [message]
    assert (statement.state, len(log(statement))) == ("submitted", 1)


@pytest.mark.parametrize(("name", "message"), [("return", "Say what is to be mended."), ("publish", None)])
def test_a_return_needs_its_comment(
    desk: Desk, ann: User, ray: User, draft: Any, name: str, message: str | None
) -> None:
    statement = draft()
    statement.submit(by=ann)
    said = move(desk(ray), statement, name, "  ")
    assert (said == [message]) == (message is not None)


def test_a_correction_needs_its_public_note_and_a_change(desk: Desk, ray: User, published: Any) -> None:
    statement, client = published(), desk(ray)
    correct = f"{LIST}{statement.pk}/move/correct/"
    data = form_of(client.get(correct))
    response = client.post(correct, {**data, "cue": "declared"})
    assert list(response.context["adminform"].form.errors) == ["comment"]
    response = client.post(correct, {**data, "comment": "Nothing at all."})
    assert response.context["adminform"].form.errors == {
        "__all__": ["Nothing has been changed, so there is nothing to correct."]
    }
    statement.refresh_from_db()
    assert (statement.cue, len(log(statement))) == ("said", 2)


def test_a_published_statement_is_read_only_on_its_own_page(
    desk: Desk, ann: User, ray: User, cleo: User, published: Any
) -> None:
    statement = published()
    for user in (ann, ray, cleo):
        response = desk(user).get(page(statement))
        assert response.status_code == 200
        assert response.context["has_change_permission"] is False
        assert desk(user).post(page(statement), {"cue": "lied"}).status_code == 403
    statement.refresh_from_db()
    assert statement.cue == "said"


def test_what_an_annotator_may_do_with_the_statements_of_others(
    desk: Desk, ann: User, bob: User, draft: Any, published: Any
) -> None:
    client = desk(bob)
    seen, mine = published("“We go in spring,”"), draft("Southland doubts it.", by=bob)
    for state in ("draft", "submitted"):
        hidden = draft()
        if state == "submitted":
            hidden.submit(by=ann)
        assert client.get(page(hidden)).url == "/admin/"
        assert client.get(f"{LIST}{hidden.pk}/delete/").url == "/admin/"
        assert client.get(f"{LIST}{hidden.pk}/history/").url == "/admin/"
        for name in ("submit", "publish", "withdraw", "correct"):
            assert client.post(f"{LIST}{hidden.pk}/move/{name}/", {"comment": "x"}).status_code == 404
    assert {s.pk for s in client.get(LIST).context["cl"].result_list} == {seen.pk, mine.pk}
    assert move(client, seen, "withdraw", "Because.") == ["Only a reviewer may withdraw a statement."]
    assert client.get(f"{LIST}{seen.pk}/move/correct/", follow=True).redirect_chain == [(page(seen), 302)]


@pytest.mark.parametrize("model", ["position", "relay", "transition", "utterance"])
def test_drafts_of_others_do_not_show_through_other_lists(
    model: str, desk: Desk, ann: User, bob: User, draft: Any, valley: Claim, northland: Any, article: Any
) -> None:
    from claims.models import Utterance

    statement = draft(
        positions=[{"claim": valley, "holder": northland, "stance": "supports"}],
        via=[article.publisher],
        utterance=Utterance.objects.create(note="wire"),
    )
    statement.submit(by=ann)
    words, address = "will leave the valley", f"/admin/claims/{model}/"
    row = 1 if model != "utterance" else None
    assert len(desk(ann).get(address).context["cl"].result_list) == (row or 1)
    theirs = desk(bob).get(address)
    assert len(theirs.context["cl"].result_list) == (0 if row else 1)
    assert words not in theirs.content.decode()
    pk = (statement.utterance if model == "utterance" else getattr(statement, f"{model}s").get()).pk
    assert words not in desk(bob).get(f"{address}{pk}/change/", follow=True).content.decode()
    assert words not in desk(bob).get(f"{address}{pk}/delete/", follow=True).content.decode()


def test_one_deletes_ones_own_drafts_and_nothing_that_was_ever_submitted(
    desk: Desk, ann: User, ray: User, cleo: User, draft: Any, valley: Claim, northland: Any, article: Any
) -> None:
    submitted = draft()
    submitted.submit(by=ann)
    returned = draft("Southland doubts it.")
    returned.submit(by=ann)
    returned.return_(by=ray, comment="Mend it.")
    positions = [{"claim": valley, "holder": northland, "stance": "supports"}]
    own = draft("“We go in spring,”", positions=positions, via=[article.publisher])

    def delete(user: User, statement: Statement) -> int:
        return desk(user).post(f"{LIST}{statement.pk}/delete/", {"post": "yes"}).status_code

    assert [delete(ann, submitted), delete(ann, returned)] == [403, 403]
    assert [delete(ray, own), delete(cleo, own), delete(cleo, submitted)] == [403, 403, 403]
    assert Statement.objects.count() == 3
    assert delete(ann, own) == 302
    assert set(Statement.objects.all()) == {submitted, returned}


@pytest.mark.parametrize("path", ["move/publish/", "move/correct/", "change/", "delete/"])
def test_strangers_are_sent_to_the_log_in(path: str, desk: Desk, sam: User, published: Any) -> None:
    address = f"{LIST}{published().pk}/{path}"
    for client in (Client(), desk(sam)):
        for response in (client.get(address), client.post(address)):
            assert (response.status_code, response.url) == (302, f"/admin/login/?next={address}")


def test_a_move_is_a_post_with_a_token_and_one_of_the_table(desk: Desk, ann: User, draft: Any) -> None:
    statement, client = draft(), Client(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.post(f"{LIST}{statement.pk}/move/submit/").status_code == 403
    assert client.get(f"{LIST}{statement.pk}/move/submit/").status_code == 405
    assert desk(ann).post(f"{LIST}{statement.pk}/move/erase/").status_code == 404
    statement.refresh_from_db()
    assert statement.state == "draft"


# Many at once


def act(client: Client, action: str, *statements: Statement) -> list[str]:
    data = {"action": action, "_selected_action": [s.pk for s in statements]}
    return [str(message) for message in client.post(LIST, data, follow=True).context["messages"]]


def test_bulk_actions_move_what_may_be_moved_and_say_why_not(desk: Desk, ann: User, ray: User, draft: Any) -> None:
    first, second = draft(), draft("Southland doubts it.")
    own = draft("“We go in spring,”", by=ray)
    assert act(desk(ann), "submit_mine", first, second) == ["2 statements submitted."]
    assert act(desk(ray), "submit_mine", own, first) == [
        (
            "Not submitted: Ada Example: Northland will leave the valley. A statement that is submitted cannot be moved by "
            "“submit”."
        ),
        "1 statement submitted.",
    ]
    second.refresh_from_db()
    second.return_(by=ray, comment="Mend it.")
    said = act(desk(ray), "publish_each", first, second, own)
    assert sorted(said) == [
        "1 statement published.",
        "Not published: Ada Example: Southland doubts it.. A statement that is returned cannot be moved by “publish”.",
        "Not published: Ada Example: “We go in spring,”. Nobody reviews their own statement.",
    ]
    assert [len(log(s)) for s in (first, second, own)] == [2, 2, 1]


def test_an_annotator_is_not_offered_to_publish(desk: Desk, ann: User, ray: User, draft: Any) -> None:
    statement = draft()
    statement.submit(by=ann)
    offered = [dict(desk(u).get(LIST).context["action_form"].fields["action"].choices) for u in (ann, ray)]
    assert [set(o) - {""} for o in offered] == [{"submit_mine"}, {"submit_mine", "publish_each"}]
    act(desk(ann), "publish_each", statement)
    statement.refresh_from_db()
    assert statement.state == "submitted"


def test_the_filters_of_the_list(desk: Desk, ann: User, ray: User, draft: Any, valley: Claim, northland: Any) -> None:
    waiting = draft(positions=[{"claim": valley, "holder": northland, "stance": "supports"}])
    waiting.submit(by=ann)
    returned, own = draft("Southland doubts it."), draft("“We go in spring,”", by=ray)
    returned.submit(by=ann)
    returned.return_(by=ray, comment="Mend it.")
    own.submit(by=ray)

    def listed(user: User, query: str) -> set[Statement]:
        return set(desk(user).get(f"{LIST}?{query}").context["cl"].result_list)

    assert listed(ray, "desk=review") == {waiting}
    assert listed(ann, "desk=review") == set()
    assert listed(ann, "desk=returned") == {returned}
    assert listed(ray, "desk=mine") == {own}
    assert listed(ray, "topic=valley-talks") == {waiting}
    assert listed(ray, "state__exact=submitted") == {waiting, own}
    assert listed(ray, f"speaker__id__exact={own.speaker_id}") == {waiting, returned, own}
    assert listed(ray, "q=spring") == {own}
    assert listed(ray, f"q={waiting.public_id}") == {waiting}
    assert listed(ray, f"source={waiting.source_id}") == {waiting, returned, own}


# People


def test_a_chief_lets_people_in_and_gives_them_a_role(desk: Desk, cleo: User) -> None:
    client = desk(cleo)
    password = "a long way home 7"
    data = {"username": "dora", "usable_password": "true", "password1": password, "password2": password}
    group = Group.objects.get(name="Annotators")
    response = client.post("/admin/auth/user/add/", {**data, "is_staff": "on", "groups": [group.pk]})
    assert response.status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.is_staff, list(dora.groups.all())) == (True, [group])
    assert dora.has_perm("claims.add_statement")


def test_a_chief_makes_nobody_more_powerful_than_a_chief(desk: Desk, cleo: User, ann: User) -> None:
    beyond = Group.objects.create(name="Beyond")
    chiefs = Group.objects.get(name=CHIEFS)
    for user in (cleo, ann):
        address = f"/admin/auth/user/{user.pk}/change/"
        data = {**form_of(desk(cleo).get(address)), "groups": [chiefs.pk]}
        more = {"is_superuser": "on", "user_permissions": [1, 2, 3]}
        assert desk(cleo).post(address, {**data, **more}).status_code == 302
        user = User.objects.get(pk=user.pk)
        assert (user.is_superuser, user.user_permissions.count(), list(user.groups.all())) == (False, 0, [chiefs])
        desk(cleo).post(address, {**data, "groups": [chiefs.pk, beyond.pk]})
        assert not user.groups.filter(name="Beyond").exists()


def test_a_chief_cannot_touch_the_account_of_a_superuser(desk: Desk, cleo: User) -> None:
    root = User.objects.create_superuser("root", password="root says open")
    client, address = desk(cleo), f"/admin/auth/user/{root.pk}/"
    assert client.get(f"{address}change/").context["has_change_permission"] is False
    assert client.post(f"{address}change/", {"username": "cleo2"}).status_code == 403
    password = "a long way home 7"
    new = {"password1": password, "password2": password, "usable_password": "true", "set-password": "1"}
    assert client.post(f"{address}password/", new).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    root.refresh_from_db()
    assert root.check_password("root says open")
    assert desk(root).get(f"{address}change/").status_code == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/admin/auth/user/", (403, 403, 200)),
        ("/admin/claims/topic/add/", (403, 403, 200)),
        ("/admin/claims/claim/add/", (403, 403, 200)),
        ("/admin/claims/assessment/add/", (403, 403, 200)),
        ("/admin/sources/party/add/", (403, 403, 200)),
        ("/admin/sources/publisher/add/", (403, 403, 200)),
        ("/admin/sources/source/add/", (200, 200, 200)),
        ("/admin/sources/speaker/add/", (200, 200, 200)),
        ("/admin/sources/affiliation/add/", (403, 403, 200)),  # public at once: a chief vouches for it
        ("/admin/claims/statement/add/", (200, 200, 200)),
        ("/admin/claims/utterance/add/", (200, 200, 200)),
        ("/admin/claims/position/add/", (403, 403, 403)),
        ("/admin/claims/transition/add/", (403, 403, 403)),
        ("/admin/sources/revision/add/", (403, 403, 403)),
        ("/admin/claims/claim/", (200, 200, 200)),
        ("/admin/sources/party/", (200, 200, 200)),
    ],
)
def test_who_opens_what(
    address: str, expected: tuple[int, int, int], desk: Desk, ann: User, ray: User, cleo: User
) -> None:
    assert tuple(desk(user).get(address).status_code for user in (ann, ray, cleo)) == expected
