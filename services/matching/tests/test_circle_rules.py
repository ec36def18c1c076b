"""Circles by design, without a database: who may be in one with whom, the check that looks again, and why others have none."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from commons_contracts.codes import Cefr, Criterion, Initiator, Method, Modality, Style, Unit, Unmet
from commons_contracts.matching import RunSettings
from commons_contracts.mentoring import MatchRules, PlaceRules, ProgrammeRules, Range, RequestRules
from commons_matching.rules.circle import Circle, Formed, Terms, solve, terms_of
from commons_matching.rules.circle_faults import faults
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.people import Apart, Bar, People, Profile
from commons_matching.rules.engine.verify import Fault
from commons_matching.rules.engine.weights import Rules
from commons_matching.rules.run import rules_for

from .engine.pools import RULES, people

PROJECT = UUID(int=7)
FEW = Rules(weights=((Criterion.FIELD, 10_000),), hours_least=1)
BOTH = (Modality.FACE_TO_FACE, Modality.ONLINE)
TERMS = Terms(least=2, most=3, ways=BOTH)
PERSIAN = {"languages": (("fa", Cefr.C2),)}
FAR = {"modality": Modality.FACE_TO_FACE, "at": (40.0, 20.0), "place": 9}
HERE = {"modality": Modality.FACE_TO_FACE, "at": (59.3, 18.1), "place": 1}


def person(n, **more):
    usual = {"projects": (PROJECT,), "languages": (("sv", Cefr.C2),), "fields": ("0613",), "hours": 0b110}
    return Profile(person=UUID(int=n), **usual | more)


def leader(n, **more):
    return person(1000 + n, **more)


def pool_of(leaders, members, apart=()):
    return compile_pool(People(mentors=tuple(leaders), mentees=tuple(members), apart=tuple(apart)), FEW)


def members_of(pool, formed):
    return [sorted(pool.mentee.person(i).int for i in circle.members) for circle in formed.circles]


def formed_of(pool, terms=TERMS, **more):
    formed = solve(pool, terms, **more)
    assert faults(pool, terms, pool.places, formed.circles) == ()
    assert sum(len(circle.members) for circle in formed.circles) <= formed.most_people
    assert Formed.unpacked(formed.packed()) == formed
    return formed


def ids(*numbers):
    return tuple(UUID(int=n) for n in numbers)


def test_a_circle_has_a_language_a_time_and_a_way_of_all():
    pool = pool_of(
        [leader(1, languages=(("sv", Cefr.C2), ("fa", Cefr.C2)), hours=0b111)],
        [person(1, hours=0b011), person(2, hours=0b010), person(3, hours=0b110), person(4, **PERSIAN)],
    )
    (circle,) = formed_of(pool).circles
    assert (circle.language, circle.block, circle.modality) == ("sv", 1, Modality.ONLINE)
    assert members_of(pool, formed_of(pool)) == [[1, 2, 3]]
    assert formed_of(pool).unmet == {3: Unmet.TOO_FEW}


def test_a_facilitator_leads_as_many_as_she_has_places_each_at_its_own_time():
    pool = pool_of([leader(1, places=2)], [person(n) for n in range(1, 8)])
    formed = formed_of(pool)
    assert sorted(map(len, members_of(pool, formed))) == [3, 3]
    assert len({circle.block for circle in formed.circles}) == 2
    assert list(formed.unmet.values()) == [Unmet.CAPACITY_EXHAUSTED]
    one_hour = pool_of([leader(1, places=2, hours=0b10)], [person(n) for n in range(1, 8)])
    assert len(formed_of(one_hour).circles) == 1


def test_fewer_than_the_least_are_no_circle():
    pool = pool_of([leader(1)], [person(1)])
    assert formed_of(pool) == Formed(circles=(), most_people=0, unmet={0: Unmet.TOO_FEW})
    full = pool_of([leader(1, places=0)], [person(1), person(2)])
    assert set(formed_of(full).unmet.values()) == {Unmet.CAPACITY_EXHAUSTED}


def test_all_meet_online_or_all_can_come():
    pool = pool_of(
        [leader(1, **HERE | {"modality": Modality.MIXED})],
        [person(1), person(2, **HERE), person(3, **HERE), person(4, **FAR | {"modality": Modality.MIXED})],
    )
    assert members_of(pool, formed_of(pool)) in ([[1, 4]], [[2, 3]])
    to_meet = replace(TERMS, ways=(Modality.FACE_TO_FACE,))
    formed = formed_of(pool, to_meet)
    assert members_of(pool, formed) == [[2, 3]]
    assert formed.unmet == {0: Unmet.NO_MODALITY_OVERLAP, 3: Unmet.NO_MODALITY_OVERLAP}


@pytest.mark.parametrize(
    ("one", "other", "terms"),
    [
        ({}, {}, {"apart": (ids(1, 2),)}),
        ({}, {}, {"apart": (ids(2, 1),)}),
        ({"organisation": UUID(int=5)}, {"organisation": UUID(int=5)}, {"other_organisation": True}),
        ({"minor": True}, {}, {}),
    ],
)
def test_members_who_are_kept_apart_share_no_circle(one, other, terms):
    pool = pool_of([leader(1, vetted=True, places=2)], [person(1, **one), person(2, **other)])
    assert formed_of(pool, replace(TERMS, **terms)).circles == ()
    many = pool_of([leader(1, vetted=True, places=2)], [person(1, **one), person(2, **other), person(3), person(4)])
    assert not any({1, 2} <= set(each) for each in members_of(many, formed_of(many, replace(TERMS, **terms))))


def test_nothing_but_what_the_design_says_keeps_colleagues_apart():
    firm = {"organisation": UUID(int=5)}
    pool = pool_of([leader(1)], [person(1, **firm), person(2, **firm)])
    assert members_of(pool, formed_of(pool)) == [[1, 2]]


def test_minors_have_a_vetted_facilitator_and_each_other():
    young = [person(n, minor=True) for n in (1, 2)]
    assert formed_of(pool_of([leader(1)], young)).circles == ()
    pool = pool_of([leader(1, vetted=True)], young)
    assert members_of(pool, formed_of(pool)) == [[1, 2]]


def test_a_pin_says_with_whom_and_what_she_had_is_kept_where_it_costs_little():
    leaders = [leader(1, fields=("0714",)), leader(2)]
    pool = pool_of(leaders, [person(n) for n in (1, 2)])
    assert formed_of(pool).circles[0].facilitator == 1
    pins = tuple((UUID(int=1001), member) for member in ids(1, 2))
    assert formed_of(pool, replace(TERMS, pins=pins)).circles[0].facilitator == 0
    had = np.zeros(2, np.int32)
    assert formed_of(pool, keep=had, bonus=500).circles[0].facilitator == 1
    assert formed_of(pool, keep=had, bonus=10_000).circles[0].facilitator in {0, 1}


def planted():
    """A pool, and two circles of its first facilitator in which all is well."""
    pool = pool_of(
        [leader(1, places=2, modality=Modality.MIXED), leader(2)],
        [person(n) for n in range(1, 6)]
        + [person(6, **PERSIAN), person(7, hours=0b100), person(8, minor=True), person(9)],
        apart=[Apart(mentor=UUID(int=1001), mentee=UUID(int=9), why=Bar.SUPERVISION)],
    )
    first = Circle(facilitator=0, language="sv", block=1, modality=Modality.ONLINE, members=(0, 1))
    return pool, replace(TERMS, apart=(ids(1, 5),)), first, replace(first, block=2, members=(2, 3))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"members": (0,)}, Fault.OVER_CAPACITY),
        ({"members": (0, 1, 2, 3)}, Fault.OVER_CAPACITY),
        ({"members": (0, 1, 2)}, Fault.WRONG_SHAPE),
        ({"block": 2}, Fault.OVER_CAPACITY),
        ({"language": "fa"}, Fault.FORBIDDEN_PAIR),
        ({"modality": Modality.FACE_TO_FACE}, Fault.FORBIDDEN_PAIR),
        ({"members": (0, 5)}, Fault.FORBIDDEN_PAIR),
        ({"members": (0, 6)}, Fault.FORBIDDEN_PAIR),
        ({"members": (0, 7)}, Fault.FORBIDDEN_PAIR),
        ({"members": (0, 8)}, Fault.FORBIDDEN_PAIR),
        ({"members": (0, 4)}, Fault.FORBIDDEN_PAIR),
    ],
    ids=["few", "many", "twice", "time", "language", "way", "tongue", "hours", "minor", "supervisor", "apart"],
)
def test_planted_faults_are_seen(change, fault):
    pool, terms, first, second = planted()
    assert faults(pool, terms, pool.places, (first, second)) == ()
    found = faults(pool, terms, pool.places, (replace(first, **change), second))
    assert fault in {one.fault for one in found}
    fewer = np.array([1, 1], np.int32)
    assert {one.fault for one in faults(pool, terms, fewer, (first, second))} == {Fault.OVER_CAPACITY}


def test_a_minor_among_adults_is_seen():
    pool = pool_of([leader(1, vetted=True)], [person(1), person(2), person(3, minor=True)])
    (circle,) = formed_of(pool).circles
    found = faults(pool, TERMS, pool.places, (replace(circle, members=(0, 1, 2)),))
    assert {one.mentee for one in found} == {0, 1, 2}


def test_colleagues_are_seen_where_the_design_keeps_them_apart():
    firm = {"organisation": UUID(int=5)}
    pool = pool_of([leader(1)], [person(1, **firm), person(2, **firm)])
    circles = formed_of(pool).circles
    assert faults(pool, replace(TERMS, other_organisation=True), pool.places, circles)


@pytest.mark.parametrize("seed", range(3))
def test_circles_of_a_mixed_crowd_hold_and_come_out_the_same_again(seed):
    told = people(8, 60, seed, places=1.5)
    pool, terms = compile_pool(told, RULES, seed), Terms(least=3, most=6, ways=BOTH, other_organisation=True)
    formed = formed_of(pool, terms)
    assert sum(map(len, members_of(pool, formed))) >= 6
    turned = People(mentors=told.mentors[::-1], mentees=told.mentees[::-1], apart=told.apart)
    assert solve(compile_pool(turned, RULES, seed), terms) == formed


def test_a_circle_meets_every_week(a_round):
    formed, pairs = (a_round(matching=MatchRules(method=method)) for method in (Method.CIRCLES, Method.ALGORITHM))
    assert [rules_for(RunSettings(), round).hours_least for round in (formed, pairs)] == [1, 0]


def test_a_design_says_how_large_circles_are_and_how_they_meet():
    requests, matching = RequestRules(initiator=Initiator.COORDINATOR), MatchRules(method=Method.CIRCLES)
    rules = ProgrammeRules(
        units=(Unit.CIRCLE,),
        styles=(Style.CIRCLE,),
        requests=requests,
        matching=matching,
        places=PlaceRules(group=Range(least=4, most=8)),
        modalities=(Modality.ONLINE, Modality.FACE_TO_FACE),
        unit_modalities={Unit.CIRCLE: (Modality.FACE_TO_FACE,)},
    )
    assert terms_of(rules) == Terms(least=4, most=8, ways=(Modality.FACE_TO_FACE,))
    assert Terms.of(replace(TERMS, apart=(ids(1, 2),)).told()) == replace(TERMS, apart=(ids(1, 2),))
    assert terms_of(rules.model_copy(update={"unit_modalities": {}})).ways == BOTH
    assert terms_of(rules.model_copy(update={"matching": MatchRules(method=Method.ALGORITHM)})) is None
    assert terms_of(rules.model_copy(update={"places": PlaceRules(group=Range(least=4))})) is None
