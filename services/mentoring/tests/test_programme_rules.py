"""The life of a programme version, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import Method, ProgrammeState, RefusalCode
from commons_contracts.mentoring import (
    Changes,
    DraftRevised,
    ProgrammeDrafted,
    ProgrammePublished,
    ProgrammeTexts,
    Range,
    TimeRules,
)
from commons_mentoring import designs
from commons_mentoring.rules import programme as rule
from commons_mentoring.rules.design import Design

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
DECEMBER = date(2026, 12, 15)
HERE = {"at": NOON, "zone": "Europe/Stockholm"}
WESTEM = designs.load("westem")


def a_draft(design=WESTEM, *, starts_on=OCTOBER, ends_on=DECEMBER, **at):
    dates = {"starts_on": starts_on, "ends_on": ends_on}
    return rule.draft(new_id(), design, project=new_id(), number=1, **dates, **HERE | at)


def a_programme(**changes):
    programme, _ = a_draft(**changes)
    return programme


def test_a_draft_is_told_with_its_version():
    programme, fact = a_draft()

    assert programme.state == ProgrammeState.DRAFT
    assert programme.design == WESTEM
    assert fact == ProgrammeDrafted(project=programme.project, at=NOON, programme=programme.id, version=1)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field", "earliest"),
    [
        (date(2026, 8, 31), None, "starts_on", "2026-09-01"),
        (OCTOBER, date(2026, 9, 30), "ends_on", "2026-10-01"),
        (None, date(2026, 8, 31), "ends_on", "2026-09-01"),
    ],
)
def test_it_neither_begins_in_the_past_nor_ends_before_it_begins(starts_on, ends_on, field, earliest):
    with pytest.raises(Refusal) as no:
        a_draft(starts_on=starts_on, ends_on=ends_on)

    assert no.value.code == RefusalCode.PROGRAMME_DATES_INVALID
    assert no.value.params == {"field": field, "earliest": earliest}


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [(None, None), (date(2026, 9, 1), date(2026, 9, 1)), (OCTOBER, None), (None, OCTOBER)]
)
def test_it_may_begin_today_and_end_the_same_day(starts_on, ends_on):
    assert a_programme(starts_on=starts_on, ends_on=ends_on).starts_on == starts_on


def test_the_projects_zone_says_what_day_it_is():
    midnight_in_stockholm = datetime(2026, 8, 31, 22, tzinfo=UTC)

    with pytest.raises(Refusal):
        a_draft(starts_on=date(2026, 8, 31), at=midnight_in_stockholm)
    assert a_draft(starts_on=date(2026, 8, 31), at=midnight_in_stockholm, zone="Europe/London")


def test_a_draft_keeps_the_rules_of_designs():
    both = WESTEM.rules.model_copy(update={"time": TimeRules(total_hours=1, total_sessions=1)})
    with pytest.raises(Refusal) as no:
        a_draft(Design(rules=both, texts=WESTEM.texts))

    assert no.value.code == RefusalCode.EFFORT_EITHER_OR


def test_a_draft_can_be_revised():
    programme = a_programme()
    fact = programme.revise(Changes(recruitment_lead_days=28), starts_on=date(2026, 11, 1), ends_on=None, **HERE)

    assert programme.rules.recruitment_lead_days == 28
    assert (programme.starts_on, programme.ends_on) == (date(2026, 11, 1), DECEMBER)
    assert fact == DraftRevised(project=programme.project, at=NOON, programme=programme.id, version=1)


@pytest.mark.parametrize(
    ("revision", "code"),
    [
        ({"ends_on": date(2026, 9, 30)}, RefusalCode.PROGRAMME_DATES_INVALID),
        ({"changes": {"session_minutes": Range(least=10, most=60)}}, RefusalCode.SESSION_LENGTH_OUT_OF_RANGE),
    ],
)
def test_a_revision_that_is_refused_changes_nothing(revision, code):
    programme = a_programme()
    time = programme.rules.time.model_copy(update=revision.get("changes", {}))
    changes = Changes(rules=programme.rules.model_copy(update={"time": time, "recruitment_lead_days": 1}))

    with pytest.raises(Refusal) as no:
        programme.revise(changes, starts_on=None, ends_on=revision.get("ends_on"), **HERE)

    assert no.value.code == code
    assert (programme.design, programme.starts_on, programme.ends_on) == (WESTEM, OCTOBER, DECEMBER)


def test_publishing_tells_every_rule_and_no_text():
    programme = a_programme()
    fact = programme.publish(**HERE)

    assert programme.state == ProgrammeState.PUBLISHED
    assert fact == ProgrammePublished(
        project=programme.project,
        at=NOON,
        programme=programme.id,
        version=1,
        starts_on=OCTOBER,
        ends_on=DECEMBER,
        rules=WESTEM.rules,
    )


def test_what_is_missing_must_come_first():
    programme = a_programme()
    programme.revise(Changes(texts=ProgrammeTexts()), starts_on=None, ends_on=None, **HERE)

    with pytest.raises(Refusal) as no:
        programme.publish(**HERE)

    assert no.value.code == RefusalCode.PROGRAMME_INCOMPLETE
    assert no.value.params == {"missing": ("GOALS_TEXT", "MENTOR_BRIEF", "MENTEE_BRIEF", "FEEDBACK_PLAN")}
    assert programme.state == ProgrammeState.DRAFT


def test_a_draft_that_waited_too_long_cannot_begin_in_the_past():
    programme = a_programme()
    with pytest.raises(Refusal) as no:
        programme.publish(at=datetime(2026, 10, 2, tzinfo=UTC), zone="Europe/Stockholm")

    assert no.value.code == RefusalCode.PROGRAMME_DATES_INVALID
    assert programme.state == ProgrammeState.DRAFT


def test_recruitment_that_leads_a_start_needs_one():
    programme = a_programme(starts_on=None, ends_on=None)
    with pytest.raises(Refusal) as no:
        programme.publish(**HERE)

    assert no.value.code == RefusalCode.PROGRAMME_DATES_INVALID
    assert no.value.params == {"field": "starts_on", "earliest": "2026-09-01"}


def test_rolling_recruitment_needs_no_start():
    assert a_programme(design=designs.load("stem-nord"), starts_on=None, ends_on=None).publish(**HERE).starts_on is None


def test_a_published_version_is_locked():
    programme = a_programme()
    programme.publish(**HERE)

    with pytest.raises(Refusal) as no:
        programme.revise(Changes(recruitment_lead_days=1), starts_on=None, ends_on=None, **HERE)
    assert (no.value.code, no.value.params) == (RefusalCode.PROGRAMME_VERSION_LOCKED, {"version": 1})
    assert programme.design == WESTEM

    with pytest.raises(Refusal) as no:
        programme.publish(**HERE)
    assert no.value.code == RefusalCode.INVALID_TRANSITION
    assert no.value.params == {"from": ProgrammeState.PUBLISHED, "to": ProgrammeState.PUBLISHED}


def test_it_is_the_same_only_with_the_same_contents_and_dates():
    programme = a_programme()

    assert programme.is_as(WESTEM, starts_on=OCTOBER, ends_on=DECEMBER)
    assert not programme.is_as(WESTEM, starts_on=OCTOBER, ends_on=None)
    assert not programme.is_as(designs.load("stem-nord"), starts_on=OCTOBER, ends_on=DECEMBER)


@pytest.mark.parametrize("starts_on", [None, date(2026, 9, 8)])
def test_ranked_lists_need_a_start_that_leaves_a_day_before_they_close(starts_on):
    both = designs.load("women-stem-up").with_changes(Changes(method=Method.TWO_WAY))
    programme = a_programme(design=both, starts_on=starts_on, ends_on=None)

    with pytest.raises(Refusal) as no:
        programme.publish(**HERE)

    assert no.value.code is RefusalCode.PROGRAMME_DATES_INVALID
    assert no.value.params == {"field": "starts_on", "earliest": "2026-09-09"}
    assert a_programme(design=both, starts_on=date(2026, 9, 9)).publish(**HERE).rules.matching.method is Method.TWO_WAY
