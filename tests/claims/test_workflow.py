"""Moving a statement: who may, from which state, and what the log then says."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from claims.models import Statement, Transition
from claims.workflow import TRANSITIONS, State, TransitionNotAllowed
from tests.conftest import Draft, Published

VERBS = {
    "submit": lambda statement, by: statement.submit(by=by),
    "publish": lambda statement, by: statement.publish(by=by),
    "return": lambda statement, by: statement.return_(by=by, comment="Name the speaker."),
    "correct": lambda statement, by: statement.correct(by=by, comment="The cue was wrong.", cue="added"),
    "withdraw": lambda statement, by: statement.withdraw(by=by, comment="The source retracted it."),
}


def brought_to(state: str, statement: Statement, by: User, reviewer: User) -> Statement:
    path = {
        "draft": [],
        "submitted": ["submit"],
        "returned": ["submit", "return"],
        "published": ["submit", "publish"],
        "withdrawn": ["submit", "publish", "withdraw"],
    }
    for name in path[state]:
        VERBS[name](statement, by if name == "submit" else reviewer)
    return statement


def log(statement: Statement) -> list[tuple[str, str, str, str, str]]:
    rows = statement.transitions.order_by("id")
    return list(rows.values_list("name", "from_state", "to_state", "by__username", "comment"))


def test_a_statement_goes_from_draft_to_withdrawn_and_the_log_says_who_and_why(
    draft: Draft, ann: User, ray: User, cleo: User
) -> None:
    statement = draft()
    statement.submit(by=ann)
    statement.return_(by=ray, comment="Name the speaker.")
    statement.edit(by=ann, speaker_as_named="Ada Example")
    statement.submit(by=ann)
    statement.publish(by=ray)
    statement.correct(by=cleo, comment="The cue was wrong.", cue="stated")
    statement.withdraw(by=ray, comment="The source retracted it.")
    assert log(statement) == [
        ("submit", "draft", "submitted", "ann", ""),
        ("return", "submitted", "returned", "ray", "Name the speaker."),
        ("submit", "returned", "submitted", "ann", ""),
        ("publish", "submitted", "published", "ray", ""),
        ("correct", "published", "published", "cleo", "The cue was wrong."),
        ("withdraw", "published", "withdrawn", "ray", "The source retracted it."),
    ]
    stored = Statement.objects.get(pk=statement.pk)
    assert (stored.state, stored.cue, stored.reviewed_by, stored.version) == ("withdrawn", "stated", ray, 8)


@pytest.mark.parametrize("state", [state.value for state in State])
@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_move_starts_from_the_states_of_the_table_and_from_no_other(
    name: str, state: str, draft: Draft, ann: User, ray: User
) -> None:
    statement = brought_to(state, draft(), ann, ray)
    before = log(statement)
    actor = ann if name == "submit" else ray
    if state in TRANSITIONS[name].from_states:
        VERBS[name](statement, actor)
        assert statement.state == TRANSITIONS[name].to_state
        assert len(log(statement)) == len(before) + 1
    else:
        with pytest.raises(TransitionNotAllowed):
            VERBS[name](statement, actor)
        assert Statement.objects.get(pk=statement.pk).state == state
        assert log(statement) == before


@pytest.mark.parametrize("who", ["ann", "bob", "sam"])
@pytest.mark.parametrize("name", ["publish", "return", "correct", "withdraw"])
def test_only_a_reviewer_who_is_not_the_annotator_reviews(
    name: str, who: str, request: pytest.FixtureRequest, draft: Draft, ann: User, ray: User
) -> None:
    statement = brought_to(min(TRANSITIONS[name].from_states), draft(), ann, ray)
    with pytest.raises(TransitionNotAllowed):
        VERBS[name](statement, request.getfixturevalue(who))


@pytest.mark.parametrize("name", ["publish", "return"])
def test_a_reviewer_does_not_review_their_own_statement(name: str, draft: Draft, cleo: User) -> None:
    statement = draft(by=cleo)
    statement.submit(by=cleo)
    with pytest.raises(TransitionNotAllowed, match="Nobody reviews their own statement"):
        VERBS[name](statement, cleo)


@pytest.mark.parametrize("who", ["bob", "ray", "sam"])
def test_only_the_annotator_submits_and_edits(who: str, request: pytest.FixtureRequest, draft: Draft) -> None:
    statement, somebody = draft(), request.getfixturevalue(who)
    with pytest.raises(TransitionNotAllowed):
        statement.submit(by=somebody)
    with pytest.raises(TransitionNotAllowed):
        statement.edit(by=somebody, cue="claimed")
    assert Statement.objects.get(pk=statement.pk).cue == "said"


@pytest.mark.parametrize("blank", ["", "  \n"])
@pytest.mark.parametrize("verb", ["return_", "correct", "withdraw"])
def test_returning_correcting_and_withdrawing_need_a_comment(
    verb: str, blank: str, draft: Draft, ann: User, ray: User
) -> None:
    statement = brought_to("submitted" if verb == "return_" else "published", draft(), ann, ray)
    before = log(statement)
    with pytest.raises(ValidationError):
        getattr(statement, verb)(by=ray, comment=blank)
    assert log(statement) == before


def test_a_refused_correction_leaves_nothing_behind(published: Published, ray: User) -> None:
    statement = published()
    with pytest.raises(ValidationError):
        statement.correct(by=ray, comment="Wrong kind.", kind="sung", cue="sang")
    stored = Statement.objects.get(pk=statement.pk)
    assert (stored.kind, stored.cue, stored.version) == ("indirect", "said", 3)
    assert not stored.transitions.filter(name="correct").exists()


def test_a_second_publisher_finds_it_published_already(draft: Draft, ann: User, ray: User, cleo: User) -> None:
    statement = draft()
    statement.submit(by=ann)
    stale = Statement.objects.get(pk=statement.pk)
    statement.publish(by=ray)
    with pytest.raises(TransitionNotAllowed):
        stale.publish(by=cleo)
    assert statement.transitions.filter(name="publish").count() == 1


def test_the_moves_open_to_each_person(draft: Draft, ann: User, bob: User, ray: User) -> None:
    statement = draft()
    assert [statement.moves_open_to(user) for user in (ann, bob, ray)] == [["submit"], [], []]
    statement.submit(by=ann)
    assert [statement.moves_open_to(user) for user in (ann, bob, ray)] == [[], [], ["publish", "return"]]
    statement.publish(by=ray)
    assert [statement.moves_open_to(user) for user in (ann, bob, ray)] == [[], [], ["correct", "withdraw"]]


def test_every_move_of_the_table_is_known_to_the_log() -> None:
    assert set(VERBS) == set(TRANSITIONS) == {"submit", "publish", "return", "correct", "withdraw"}
    assert Transition._meta.get_field("name").max_length >= max(map(len, TRANSITIONS))
