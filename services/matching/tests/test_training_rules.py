"""What mentors are trained in, and for how long it holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import Initiator, Method, ReadinessItem, RefusalCode, Role, TrainingModule, Unit
from commons_contracts.mentoring import EntryRules, MatchRules, ProgrammeRules, RequestRules
from commons_matching.rules.training import missing, modules_for, require_training, require_training_to_join

BASICS, GENDER, GROUPS = TrainingModule.MENTOR_BASICS, TrainingModule.GENDER, TrainingModule.GROUP_FACILITATION
PREPARED = TrainingModule.PREPARATION_MEETING
TODAY = date(2026, 9, 10)


def rules(*units, **entry):
    entry = {"training": {Role.MENTOR: (BASICS, GENDER)}, "unit_training": {Unit.GROUP: (GROUPS, GENDER)}} | entry
    return ProgrammeRules(
        units=units or (Unit.PAIR,),
        requests=RequestRules(initiator=Initiator.BY_METHOD),
        matching=MatchRules(method=Method.ALGORITHM),
        entry=EntryRules(**entry),
    )


@pytest.mark.parametrize(
    ("units", "role", "modules"),
    [
        ((Unit.PAIR,), Role.MENTOR, (BASICS, GENDER)),
        ((Unit.PAIR, Unit.GROUP), Role.MENTOR, (BASICS, GENDER, GROUPS)),
        ((Unit.GROUP,), Role.FACILITATOR, (GROUPS, GENDER)),
        ((Unit.GROUP,), Role.MENTEE, ()),
    ],
)
def test_groups_ask_for_more_of_those_who_lead_them(units, role, modules):
    assert modules_for(rules(*units), role) == modules


@pytest.mark.parametrize(
    ("days", "gone", "holds"), [(365, 365, True), (365, 366, False), (30, 31, False), (None, 9999, True)]
)
def test_training_holds_for_so_many_days(days, gone, holds):
    held = {BASICS: TODAY - timedelta(days=gone), GENDER: TODAY}
    left = missing(rules(training_valid_days=days), Role.MENTOR, held, on=TODAY)
    assert left == (() if holds else (BASICS,))


def test_a_year_unless_the_programme_says_otherwise():
    assert EntryRules().training_valid_days == 365


def test_who_lacks_modules_is_told_which():
    with pytest.raises(Refusal) as no:
        require_training(rules(), Role.MENTOR, {BASICS: TODAY}, on=TODAY)
    assert (no.value.code, no.value.params) == (RefusalCode.TRAINING_REQUIRED, {"modules": (GENDER,)})
    require_training(rules(), Role.MENTOR, {BASICS: TODAY, GENDER: TODAY}, on=TODAY)


def test_what_stands_on_the_checklist_may_come_after_joining_and_not_after_accepting():
    checked = {
        "training": {Role.MENTOR: (PREPARED, BASICS)},
        "readiness": {Role.MENTOR: (ReadinessItem.PREPARATION_MEETING,)},
    }
    require_training_to_join(rules(**checked), Role.MENTOR, {BASICS: TODAY}, on=TODAY)
    with pytest.raises(Refusal) as no:
        require_training_to_join(rules(**checked), Role.MENTOR, {PREPARED: TODAY}, on=TODAY)
    assert no.value.params == {"modules": (BASICS,)}
    with pytest.raises(Refusal) as no:
        require_training(rules(**checked), Role.MENTOR, {BASICS: TODAY}, on=TODAY)
    assert no.value.params == {"modules": (PREPARED,)}
