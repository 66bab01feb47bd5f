"""Alpha as Krippendorff printed it, and how two codings are laid side by side."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.agreement import NO_UNITS, NO_VARIETY, NONE, Coded, Unit, compare, figure, nominal_alpha, pair, units

# Klaus Krippendorff, “Computing Krippendorff’s Alpha-Reliability” (2011), by the letters of its examples. A dot is a
# value that is missing.
PUBLISHED = {
    "A. binary data, two observers, no missing data": (["0100000010", "1110010000"], 0.095),
    "B. nominal data, two observers, no missing data": (["aabbdcccedda", "babbbccceddd"], 0.692),
    "C. nominal data, any number of observers, missing data": (
        ["123321412...", "1233224125.3", ".3332342251.", "12332441251."],
        0.743,
    ),
}


def rows(observers: Sequence[str]) -> list[list[str | None]]:
    return [[None if value == "." else value for value in row] for row in observers]


@pytest.mark.parametrize(("observers", "printed"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_alpha_is_what_krippendorff_printed(observers: list[str], printed: float) -> None:
    alpha = nominal_alpha(rows(observers))
    assert alpha is not None
    assert round(alpha, 3) == printed


def test_alpha_is_what_comes_out_by_hand() -> None:
    """Example A: 14 zeros and 6 ones among 20 values, 4 units of 10 disagree: 1 - 19 * 4 / (14 * 6)."""
    assert nominal_alpha(rows(PUBLISHED["A. binary data, two observers, no missing data"][0])) == pytest.approx(
        1 - 19 * 4 / (14 * 6)
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=12))
def test_alpha_is_the_same_whoever_is_first_and_whatever_the_values_are_called(values: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in values], [b for _, b in values]
    alpha = nominal_alpha([first, second])
    assert nominal_alpha([second, first]) == pytest.approx(alpha)
    renamed = dict(zip("abc", "zxy", strict=True))
    assert nominal_alpha([[renamed[a] for a in first], [renamed[b] for b in second]]) == pytest.approx(alpha)
    assert alpha is None or alpha <= 1


@pytest.mark.parametrize("observers", [["", ""], ["a", "a"], ["aaaa", "aaaa"], ["ab", ".."], ["ab.", "..c"]])
def test_alpha_is_undefined_where_no_two_values_could_have_differed(observers: list[str]) -> None:
    assert nominal_alpha(rows(observers)) is None


def test_an_undefined_alpha_is_said_in_words_beside_what_it_rests_on() -> None:
    one_of_one = figure([Unit(0, 1, 1, "supports", "supports")])
    assert (one_of_one.alpha, one_of_one.units, one_of_one.agreeing) == (None, 1, 1)
    assert one_of_one.why_none == NO_VARIETY
    assert figure([]).why_none == NO_UNITS


def coded(key: int, start: int, end: int, **more: object) -> Coded:
    return Coded(key, ((start, end),), **{"speaker": 1, "kind": "direct", **more})  # type: ignore[arg-type]


def keys(first: list[Coded], second: list[Coded]) -> list[tuple[int | None, int | None]]:
    return [(p.first and p.first.key, p.second and p.second.key) for p in pair(first, second)]


def test_those_that_share_most_words_are_paired_first() -> None:
    first = [coded(1, 0, 50), coded(2, 50, 100)]
    second = [coded(11, 40, 100), coded(12, 0, 45)]
    assert keys(first, second) == [(1, 12), (2, 11)]
    assert keys([coded(1, 0, 100)], [coded(11, 0, 80), coded(12, 90, 95)]) == [(1, 11), (None, 12)]


def test_each_is_paired_once_and_what_shares_no_word_stands_alone_in_text_order() -> None:
    first = [coded(1, 0, 20), coded(2, 60, 80)]
    second = [coded(11, 0, 10), coded(12, 10, 20), coded(13, 20, 60)]
    assert keys(first, second) == [(1, 11), (None, 12), (None, 13), (2, None)]


def test_of_two_that_share_as_many_words_the_one_of_the_same_speaker_is_the_pair() -> None:
    assert keys([coded(1, 0, 20)], [coded(11, 0, 20, speaker=2), coded(12, 0, 20)]) == [(1, 12), (None, 11)]


def test_places_in_two_texts_of_the_source_are_not_the_same_place() -> None:
    assert keys([coded(1, 0, 20, text=1)], [coded(11, 0, 20, text=2)]) == [(1, None), (None, 11)]


def test_broken_quotations_share_what_their_passages_share() -> None:
    broken = Coded(1, ((0, 10), (30, 40)), speaker=1, kind="direct")
    assert keys([broken], [coded(11, 8, 12), coded(12, 30, 33)]) == [(1, 12), (None, 11)]


SUPPORTS, OPPOSES = {(7, 1): "supports"}, {(7, 1): "opposes"}


def test_a_unit_is_each_stretch_and_each_question_that_either_answered() -> None:
    first = [coded(1, 0, 10, stances=SUPPORTS), coded(2, 20, 30)]
    second = [coded(11, 0, 10, stances=OPPOSES), coded(12, 50, 60, stances={(8, 1): "neutral"})]
    found = [(unit.pair, unit.claim, unit.first, unit.second) for unit in units(pair(first, second))]
    assert found == [
        (0, 7, "supports", "opposes"),
        (0, 8, NONE, NONE),
        (1, 7, NONE, NONE),
        (1, 8, NONE, NONE),
        (2, 7, NONE, NONE),
        (2, 8, NONE, "neutral"),
    ]


def test_the_same_stance_of_another_holder_is_another_answer() -> None:
    found = units(pair([coded(1, 0, 9, stances=SUPPORTS)], [coded(11, 0, 9, stances={(7, 2): "supports"})]))
    assert [(unit.holder, unit.first, unit.second) for unit in found] == [
        (1, "supports", NONE),
        (2, NONE, "supports"),
    ]


def test_figures_are_told_for_each_claim_and_overall_with_the_units_that_they_rest_on() -> None:
    first = [coded(1, 0, 10, stances=SUPPORTS), coded(2, 20, 30, stances=OPPOSES), coded(3, 40, 50)]
    second = [coded(11, 0, 10, stances=SUPPORTS), coded(12, 20, 30, stances={(8, 1): "neutral"})]
    found = compare(first, second)
    leave, stay = found.claims[7], found.claims[8]
    assert (leave.units, leave.agreeing, leave.taken, leave.taken_agreeing) == (3, 2, 2, 1)
    assert (stay.units, stay.agreeing, stay.taken, stay.taken_agreeing) == (3, 2, 1, 0)
    assert (found.overall.units, found.overall.taken) == (6, 3)
    assert leave.alpha == pytest.approx(1 - 5 * 1 / (2 * 1 + 2 * 3 + 1 * 3))


def test_agreement_on_what_there_is_to_code_is_told_in_plain_numbers() -> None:
    first = [coded(1, 0, 10), coded(2, 20, 30), coded(3, 40, 50)]
    second = [coded(11, 0, 10, kind="indirect"), coded(12, 20, 28, speaker=2)]
    told = compare(first, second).unitising
    assert (told.both, told.only_first, told.only_second) == (2, 1, 0)
    assert (told.same_words, told.same_speaker, told.same_kind) == (1, 1, 1)
