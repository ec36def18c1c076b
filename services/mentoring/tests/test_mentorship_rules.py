"""How a mentorship begins, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.codes import NoticeCode, Phase, Style
from commons_contracts.mentoring import MentorshipOpened
from commons_mentoring import designs
from commons_mentoring.rules import mentorship as rule
from commons_mentoring.rules.mentorship import Match

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)
WESTEM = designs.load("westem").rules


def a_match(style=Style.TRADITIONAL):
    return Match(match=new_id(), programme=new_id(), programme_version=2, mentor=new_id(), mentee=new_id(), style=style)


@pytest.mark.parametrize("style", [Style.TRADITIONAL, Style.FLASH])
def test_it_begins_in_the_first_phase_of_its_style(style):
    assert rule.begin(a_match(style), WESTEM, project=new_id(), at=NOON).phase == Phase.PREPARATION


def test_a_circle_begins_where_its_programme_says():
    match = a_match(Style.CIRCLE)

    assert rule.begin(match, designs.load("eumentorstem").rules, project=new_id(), at=NOON).phase == Phase.FORMING


def test_it_stays_under_the_version_of_its_match():
    match = a_match()
    mentorship = rule.begin(match, WESTEM, project=new_id(), at=NOON)

    assert (mentorship.programme, mentorship.programme_version) == (match.programme, 2)


def test_a_match_leads_to_one_mentorship_only():
    match, project = a_match(), new_id()

    first, again = (rule.begin(match, WESTEM, project=project, at=NOON) for _ in range(2))

    assert first.id == again.id == rule.mentorship_of(match.match)
    assert rule.begin(a_match(), WESTEM, project=project, at=NOON).id != first.id


def test_everyone_hears_that_it_was_opened_and_both_are_told():
    match = a_match()
    mentorship = rule.begin(match, WESTEM, project=new_id(), at=NOON)
    opened, to_mentor, to_mentee = mentorship.told(match)

    assert opened == MentorshipOpened(
        project=mentorship.project,
        at=NOON,
        mentorship=mentorship.id,
        match=match.match,
        programme=match.programme,
        programme_version=2,
        mentor=match.mentor,
        mentee=match.mentee,
        style=Style.TRADITIONAL,
        phase=Phase.PREPARATION,
    )
    assert (to_mentor.person, to_mentee.person) == (match.mentor, match.mentee)
    assert {n.code for n in (to_mentor, to_mentee)} == {NoticeCode.MENTORSHIP_OPENED}
    assert {n.subject_id for n in (to_mentor, to_mentee)} == {mentorship.id}
