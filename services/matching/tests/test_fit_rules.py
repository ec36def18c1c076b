"""The score explains itself: integer parts that sum to the total."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_contracts.codes import Background, Cefr, Criterion, Gender, Goal, Method, Stage, Topic
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import MatchRules, Weight
from commons_contracts.profiles import Description, Speaks
from commons_matching.rules.card import Card, choosing
from commons_matching.rules.engine.graph import WHOLE
from commons_matching.rules.fit import explain as explain_cards


def rules(opt_in=(), **points):
    weights = tuple(Weight(criterion=Criterion(name), points=p) for name, p in points.items())
    return MatchRules(method=Method.MENTEE_PICKS, criteria=weights, opt_in=opt_in)


def explain(mentee, mentor, published):
    """Of two descriptions, where nobody agreed to anything."""
    one, other = (Card(person=PersonId(UUID(int=n)), told=told) for n, told in enumerate((mentee, mentor)))
    return explain_cards(one, other, choosing(published))


def only(criterion, mentee, mentor):
    """The points of one criterion that is all there is."""
    return explain(Description(**mentee), Description(**mentor), rules(**{criterion: 1})).points


def speaks(**levels):
    return {"languages": tuple(Speaks(language=code, level=level) for code, level in levels.items())}


@pytest.mark.parametrize(
    ("mentee", "mentor", "points"),
    [
        (("0714",), ("0714",), 10_000),
        (("0714",), ("0715",), 6_000),
        (("0714",), ("0732",), 3_000),
        (("071",), ("0714",), 6_000),
        (("07",), ("0714",), 3_000),
        (("0714",), ("0511",), 0),
        (("0511", "0714"), ("0715", "0714"), 10_000),
        ((), ("0714",), 0),
    ],
)
def test_a_field_counts_by_how_near_it_is(mentee, mentor, points):
    assert only("FIELD", {"fields": mentee}, {"fields": mentor}) == points


@pytest.mark.parametrize(
    ("mentee", "mentor", "points"),
    [
        ({"sv": Cefr.C2}, {"sv": Cefr.B2}, 10_000),
        ({"sv": Cefr.B1}, {"sv": Cefr.C2}, 7_500),
        ({"sv": Cefr.C2}, {"sv": Cefr.A2}, 5_000),
        ({"sv": Cefr.A1, "en": Cefr.A2}, {"sv": Cefr.C2, "en": Cefr.C2}, 5_000),
        ({"sv": Cefr.A1}, {"sv": Cefr.A1}, 2_500),
        ({"sv": Cefr.C2}, {"en": Cefr.C2}, 0),
    ],
)
def test_a_language_counts_by_the_weaker_speaker(mentee, mentor, points):
    assert only("LANGUAGES", speaks(**mentee), speaks(**mentor)) == points


def test_goals_count_by_how_many_of_hers_are_shared():
    hers = {"goals": (Goal.NETWORK, Goal.CONFIDENCE, Goal.FIRST_JOB)}

    assert only("GOALS", hers, {"goals": (Goal.NETWORK, Goal.FIRST_JOB, Goal.RESEARCH)}) == 6_666
    assert only("GOALS", {}, {"goals": (Goal.NETWORK,)}) == 0


@pytest.mark.parametrize(("common", "points"), [(0, 0), (1, 2_000), (4, 8_000), (5, 10_000), (9, 10_000)])
def test_hours_in_common_count_up_to_enough(common, points):
    assert only("HOURS", {"hours": (1 << common) - 1}, {"hours": (1 << 40) - 1}) == points


@pytest.mark.parametrize(
    ("mentee", "mentor", "points"),
    [
        ({"place": 7, "country": "SE"}, {"place": 7, "country": "SE"}, 10_000),
        ({"place": 7, "country": "SE"}, {"place": 8, "country": "SE"}, 5_000),
        ({"place": 7, "country": "SE"}, {"place": 8, "country": "NO"}, 0),
        ({}, {}, 0),
    ],
)
def test_a_place_counts_more_than_a_country(mentee, mentor, points):
    assert only("PLACE", mentee, mentor) == points


@pytest.mark.parametrize(
    ("mentee", "mentor", "points"),
    [
        (Stage.BACHELOR, Stage.SENIOR, 10_000),
        (Stage.BACHELOR, Stage.BACHELOR, 5_000),
        (Stage.DOCTORATE, Stage.MASTER, 0),
        (None, Stage.SENIOR, 0),
        (Stage.BACHELOR, None, 0),
    ],
)
def test_longer_experience_counts(mentee, mentor, points):
    assert only("STAGE", {"stage": mentee}, {"stage": mentor}) == points


def told_by(gender=None, background=(), *, agreed=(Criterion.GENDER, Criterion.BACKGROUND), at=None):
    codes = {Criterion.GENDER: (gender,), Criterion.BACKGROUND: background}
    consents = {c: codes.get(c, ()) for c in agreed if c not in codes or any(codes[c])}
    return Card(person=PersonId(UUID(int=9)), consents=consents, at=at)


@pytest.mark.parametrize(
    ("mentee", "mentor", "points", "skipped"),
    [
        (told_by(Gender.WOMAN), told_by(Gender.WOMAN), 10_000, False),
        (told_by(Gender.WOMAN), told_by(Gender.MAN), 0, False),
        (told_by(Gender.WOMAN), told_by(), 0, True),
        (told_by(), told_by(Gender.WOMAN), 0, True),
        (told_by(Gender.NON_BINARY), told_by(Gender.NON_BINARY), 0, True),
    ],
)
def test_gender_counts_for_two_who_agreed_and_is_said_to_be_skipped_for_all_others(mentee, mentor, points, skipped):
    fit = explain_cards(mentee, mentor, choosing(rules(GENDER=1)))
    assert (fit.points, [part.skipped for part in fit.parts]) == (points, [skipped])


def test_a_shared_background_counts_for_two_who_agreed():
    mentee = told_by(background=(Background.CAME_BACK, Background.FIRST_IN_FAMILY))
    mentor = told_by(background=(Background.CAME_BACK,))
    made = choosing(rules(BACKGROUND=1))
    assert explain_cards(mentee, mentor, made).points == 5_000
    assert [p.skipped for p in explain_cards(mentee, told_by(agreed=()), made).parts] == [True]


@pytest.mark.parametrize(("at", "points"), [((59.33, 18.07), 7_500), ((59.86, 17.64), 0), (None, 0)])
def test_near_is_nearly_the_same_place(at, points):
    mentee = told_by(at=(59.40, 17.95))
    assert explain_cards(mentee, told_by(at=at), choosing(rules(PLACE=1))).points == points


def test_topics_count_by_how_many_of_hers_are_shared():
    assert only("TOPICS", {"topics": (Topic.SALARY, Topic.BIAS)}, {"topics": (Topic.BIAS,)}) == 5_000


def test_weights_share_out_all_points():
    fit = explain(Description(), Description(), rules(FIELD=1, GOALS=1, HOURS=1))

    assert [part.most for part in fit.parts] == [3_333, 3_333, 3_334]


@pytest.mark.parametrize(
    ("made", "skipped"),
    [
        (rules(FIELD=3, GENDER=1, BACKGROUND=1, MOTIVATION=2), ["GENDER", "BACKGROUND", "MOTIVATION"]),
        (rules(FIELD=3, PLACE=1, opt_in=(Criterion.PLACE,)), ["PLACE"]),
    ],
)
def test_what_needs_an_opt_in_or_cannot_be_compared_is_skipped_and_said_so(made, skipped):
    same = Description(fields=("0714",), place=3)

    fit = explain(same, same, made)

    assert [part.criterion for part in fit.parts if part.skipped] == skipped
    assert all((part.points, part.most) == (0, 0) for part in fit.parts if part.skipped)
    assert fit.points == WHOLE


def test_without_criteria_nobody_fits_better_than_another():
    assert explain(Description(fields=("0714",)), Description(fields=("0714",)), rules()).points == 0
    assert explain(Description(fields=("0714",)), Description(fields=("0714",)), rules(FIELD=0)).points == 0


descriptions = st.builds(
    Description,
    fields=st.lists(st.sampled_from(["05", "051", "0511", "0512", "0714", "0732"]), max_size=3).map(tuple),
    languages=st.lists(
        st.builds(Speaks, language=st.sampled_from(["sv", "en", "nb"]), level=st.sampled_from(Cefr)), max_size=3
    ).map(tuple),
    country=st.sampled_from([None, "SE", "NO"]),
    place=st.sampled_from([None, 1, 2]),
    goals=st.lists(st.sampled_from(Goal), max_size=4).map(tuple),
    hours=st.integers(0, (1 << 56) - 1),
    stage=st.sampled_from([None, *Stage]),
)
weights = st.lists(
    st.builds(Weight, criterion=st.sampled_from(Criterion), points=st.integers(0, 10_000)),
    max_size=9,
    unique_by=lambda weight: weight.criterion,
).map(tuple)


@given(descriptions, descriptions, weights)
def test_the_parts_always_sum_to_the_total(mentee, mentor, criteria):
    fit = explain(mentee, mentor, MatchRules(method=Method.ALGORITHM, criteria=criteria))

    assert fit.points == sum(part.points for part in fit.parts) <= WHOLE
    assert sum(part.most for part in fit.parts) in (0, WHOLE)
    assert all(0 <= part.points <= part.most for part in fit.parts)
