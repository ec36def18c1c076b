"""Mentoring with a real database, and the makers that its tests share."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import fixtures_for, hear, play, run
from commons_chassis.tx import Tx
from commons_contracts.codes import Modality, Role, Style
from commons_contracts.mentoring import GoalTerms, ProgrammeView, SeedProgramme, Terms
from commons_contracts.profiles import ProjectOpened
from commons_mentoring import designs
from commons_mentoring.app import service
from commons_mentoring.rules import mentorship as rule
from commons_mentoring.rules.mentorship import Match

database, tx = fixtures_for(service)


@pytest.fixture
def open_project(tx: Tx):
    """Mentoring hears that the project of who acts was opened."""

    async def opened(zone: str = "Europe/Stockholm") -> None:
        await hear(service, ProjectOpened(project=tx.project, at=tx.now, zone=zone), tx)

    return opened


@pytest.fixture
def seed(tx: Tx):
    """An operator loads a shipped design; then who acted before acts again."""

    async def seeded(design: str = "westem", *, starts_on: date = date(2026, 10, 1)) -> ProgrammeView:
        person, roles = tx.person, tuple(tx.actor.roles)
        await play(tx, operator=True)
        view = await run(service, SeedProgramme(design=design, starts_on=starts_on), tx)
        await play(tx, person=person, roles=roles)
        return view

    return seeded


@pytest.fixture
async def coordinator(tx: Tx, open_project):
    """A coordinator acts, in a project in Stockholm that has no programme yet."""
    await open_project()
    await play(tx, roles=(Role.COORDINATOR,))
    return tx


WESTEM = designs.load("westem")
OPENED = datetime(2026, 9, 10, 12, tzinfo=UTC)


@pytest.fixture
def a_pair():
    """A mentorship that has just begun, as rules know it."""

    def make(style=Style.TRADITIONAL, design=WESTEM, **changes):
        match = Match(
            match=new_id(), programme=new_id(), programme_version=1, mentor=new_id(), mentee=new_id(), style=style
        )
        mentorship = rule.begin(match, design.rules, project=new_id(), at=OPENED)
        for name, value in changes.items():
            setattr(mentorship, name, value)
        return mentorship

    return make


@pytest.fixture
def some_terms():
    """Everything that WESTEM asks for, from 14 September to 14 December."""

    def make(**changes):
        whole = Terms(
            language="sv",
            starts_on=date(2026, 9, 14),
            ends_on=date(2026, 12, 14),
            minutes_a_month=120,
            cadence_days=14,
            session_minutes=45,
            modality=Modality.ONLINE,
            goals=(GoalTerms(text="Dare to ask for an internship", steps="Write to three firms"),),
            mentor_boundaries="No work on her thesis.",
            mentee_boundaries="No calls at night.",
            confidentiality="What is said stays here.",
            mentor_success=("I have left room for her answers.",),
            mentee_success=("I have a plan for the summer.",),
        )
        return whole.model_copy(update=changes)

    return make
