"""Who stays without a mentor hears one reason, and a change that would help as much as it says."""

from __future__ import annotations

from dataclasses import replace
from random import Random, SystemRandom
from uuid import UUID

import numpy as np
import pytest

from commons_contracts.codes import Cefr, Criterion, MatchChange, Modality, Unmet
from commons_matching.rules.engine.columns import allowed_to, points_for
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.explain import explain
from commons_matching.rules.engine.people import Apart, Bar, People, Profile
from commons_matching.rules.engine.report import report, too_small
from commons_matching.rules.engine.shortfall import shortage, unmatched
from commons_matching.rules.engine.weights import Rules

from . import pools
from .test_candidates import ordered, pool_of

SEED = SystemRandom().randrange(1 << 31)
RULES = Rules(weights=((Criterion.FIELD, 1),), needed=(Criterion.FIELD,), hours_least=1)


@pytest.fixture(autouse=True)
def told():
    print(f"seed {SEED}")


def person(n, **changes):
    told = {"fields": ("0714",), "languages": (("sv", Cefr.C1),), "hours": 1, "at": (59.0, 18.0), "radius_km": 20}
    return Profile(**({"person": UUID(int=n), "projects": (pools.PROJECT,)} | told | changes))


def one(mentee, *mentors, apart=(), free=1):
    pool = compile_pool(People(mentors=mentors, mentees=(mentee,), apart=apart), RULES)
    return unmatched(pool, [0], np.full(len(mentors), free, np.int32))[0]


FAR = {"at": (65.0, 22.0), "modality": Modality.FACE_TO_FACE}


@pytest.mark.parametrize(
    ("mentee", "mentor", "why", "change"),
    [
        ({"acknowledged": False}, {}, Unmet.NOT_ACKNOWLEDGED, MatchChange.ACKNOWLEDGE),
        ({"fields": ()}, {}, Unmet.PROFILE_INCOMPLETE, MatchChange.COMPLETE_PROFILE),
        ({"languages": (("fa", Cefr.C2),)}, {}, Unmet.NO_COMMON_LANGUAGE, MatchChange.LANGUAGE),
        ({"modality": Modality.FACE_TO_FACE}, {}, Unmet.NO_MODALITY_OVERLAP, MatchChange.ONLINE_TOO),
        ({}, {"modality": Modality.FACE_TO_FACE}, Unmet.NO_MODALITY_OVERLAP, MatchChange.MEET_TOO),
        ({"modality": Modality.FACE_TO_FACE}, FAR, Unmet.NO_MODALITY_OVERLAP, None),
        (
            {"modality": Modality.FACE_TO_FACE},
            FAR | {"radius_km": 2000},
            Unmet.NO_MODALITY_OVERLAP,
            MatchChange.FARTHER,
        ),
        ({"hours": 2}, {}, Unmet.NO_MODALITY_OVERLAP, MatchChange.MORE_HOURS),
        ({"wants_woman": True}, {"woman": False}, Unmet.ALL_BLOCKED, MatchChange.ANY_GENDER),
        ({"minor": True}, {}, Unmet.ALL_BLOCKED, None),
        ({}, {}, Unmet.CAPACITY_EXHAUSTED, None),
    ],
)
def test_one_reason_and_the_smallest_change(mentee, mentor, why, change):
    found = one(person(1, **mentee), person(2, **mentor))

    assert (found.why, found.change, found.mentors) == (why, change, 1 if change else 0)
    assert found.language == ("sv" if change is MatchChange.LANGUAGE else None)


def test_a_block_is_told_like_any_other_rule_between_people():
    told = [
        one(person(1), person(2), apart=(Apart(mentor=UUID(int=2), mentee=UUID(int=1), why=why),))
        for why in (Bar.UNAVAILABLE, Bar.PREVIOUS, Bar.SUPERVISION)
    ]

    assert told[0] == told[1] == told[2]
    assert told[0].why is Unmet.ALL_BLOCKED


def test_a_change_counts_only_mentors_with_a_place_left():
    assert one(person(1, modality=Modality.FACE_TO_FACE), person(2), free=0).change is None


def _changed(p, found):
    return {
        MatchChange.ACKNOWLEDGE: lambda: replace(p, acknowledged=True),
        MatchChange.ONLINE_TOO: lambda: replace(
            p, modality=Modality.MIXED if p.modality != Modality.ONLINE else p.modality
        ),
        MatchChange.MEET_TOO: lambda: replace(p, modality=Modality.MIXED),
        MatchChange.MORE_HOURS: lambda: replace(p, hours=(1 << 56) - 1),
        MatchChange.FARTHER: lambda: replace(p, radius_km=5000),
        MatchChange.ANY_GENDER: lambda: replace(p, wants_woman=False),
        MatchChange.LANGUAGE: lambda: replace(p, languages=(*p.languages, (found.language, Cefr.C2))),
    }[found.change]()


@pytest.mark.parametrize("n", range(12))
def test_the_change_opens_as_many_mentors_as_it_says(n):
    people, pool = pool_of(Random(f"{SEED} {n}"), mentees=40)
    mentees = [
        replace(p, ready=True, acknowledged=Random(i).random() < 0.9) for i, p in enumerate(ordered(people.mentees))
    ]
    people = replace(people, mentees=tuple(mentees))
    pool = compile_pool(people, pool.rules)
    free = np.array([Random(j).randrange(3) for j in range(pool.mentors)], np.int32)

    for i, found in enumerate(unmatched(pool, range(pool.mentees), free)):
        if found.change in (None, MatchChange.COMPLETE_PROFILE):
            continue
        after = compile_pool(replace(people, mentees=(_changed(mentees[i], found),)), pool.rules)
        opened = allowed_to(after, 0) & ~allowed_to(pool, i) & (free > 0)
        assert opened.sum() == found.mentors > 0, (i, found)


@pytest.mark.parametrize("n", range(12))
def test_columns_say_what_explain_says(n):
    _, pool = pool_of(Random(f"{SEED} columns {n}"), mentees=15)

    for i in range(pool.mentees):
        points, allowed = points_for(pool, i), allowed_to(pool, i)
        for j in range(pool.mentors):
            parts, bars = explain(pool, i, j)
            assert (sum(part.points for part in parts), bars == ()) == (points[j], allowed[j])


def test_what_is_short_is_named_by_the_scarcest_language_and_field():
    mentors = (person(1, places=5), person(2, languages=(("fa", Cefr.C1),), fields=("0732",)))
    hers = {"languages": (("sv", Cefr.C1), ("fa", Cefr.B1)), "fields": ("0732", "0714")}
    mentees = tuple(person(10 + n, **hers) for n in range(3))
    pool = compile_pool(People(mentors=mentors, mentees=(*mentees, person(20))), RULES)

    assert shortage(pool, [0, 1, 2, 3]) == (("fa", "0714", 3), ("sv", "0714", 1))


def test_groups_under_five_are_hidden_and_cannot_be_reckoned_from_the_rest():
    assert too_small({"a": 4, "b": 9, "c": 30}) == {"a", "b"}
    assert too_small({"a": 3, "b": 4, "c": 30}) == {"a", "b"}
    assert too_small({"b": 9, "c": 30}) == set()


def test_the_report_tells_three_reasons_apart():
    nobody = [person(30 + n, languages=(("fa", Cefr.C1),)) for n in range(2)]
    mentees = (*(person(10 + n) for n in range(8)), *nobody)
    pool = compile_pool(People(mentors=(person(1, places=3),), mentees=mentees), RULES)
    mate = np.array([0, 0, 0, *[-1] * 7], np.int32)
    short = np.array([True] * 6 + [False] * 4)

    shown = report(pool, mate, {"kind": {"all": range(10), "few": [0, 1]}}, short)

    told, few = shown.parity["kind"]
    assert few == type(few)(name="few")
    assert (told.name, told.people, told.matched) == ("all", None, None)
    told = report(pool, mate, {"kind": {"all": range(10)}}, short).parity["kind"][0]
    assert (told.people, told.matched, told.no_mentor, told.no_place, told.others_preferred) == (10, 3, 2, 3, 2)
    assert shown.shortage == (("sv", "0714", 5),)
