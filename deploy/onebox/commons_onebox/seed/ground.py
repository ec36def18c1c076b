"""What stands before people come: projects, those who run them, codes of conduct, designs, places, universities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commons_community.seeds import first_codes
from commons_contracts.codes import Conduct
from commons_contracts.community import ConductInForceNow
from commons_contracts.geo import LoadPlaces, PlaceEntry
from commons_contracts.mentoring import ProgrammesPage, SeedProgramme
from commons_contracts.profiles import (
    AcceptCodeOfConduct,
    GrantRole,
    OpenProject,
    OrganisationEntry,
    RegisterOrganisations,
    RegisterPerson,
)

from .filling import Filling, operator
from .people import Cast, person_called, subject_of
from .plan import GRANTED, Plan

PLACES_AT_ONCE = 2


async def load_places(filling: Filling, found: Sequence[tuple[PlaceEntry, ...]]) -> None:
    async def load(batch: tuple[PlaceEntry, ...]) -> int:
        return (await filling.as_operator(LoadPlaces(items=batch))).count

    await filling.each("places", found, load, at_once=PLACES_AT_ONCE)


async def register_universities(filling: Filling, found: Sequence[tuple[OrganisationEntry, ...]]) -> None:
    async def register(batch: tuple[OrganisationEntry, ...]) -> int:
        return (await filling.as_operator(RegisterOrganisations(items=batch))).count

    await filling.each("universities", found, register, at_once=1)


async def register_operator(filling: Filling) -> None:
    """Who runs the platform has an account like everyone, and is a member of nothing."""
    account = RegisterPerson(display_name="Operator", birth_year=1980, birth_month=1, country="SE")
    await filling.as_person(operator(), account)


async def open_project(filling: Filling, cast: Cast) -> None:
    """The project, and who is given a role in it."""
    plan = cast.plan
    opening = OpenProject(slug=plan.slug, name=plan.name, zone=plan.zone, languages=plan.languages)
    await filling.as_operator(opening, plan)
    for role in GRANTED:
        for number in range(plan.count(role)):
            subject = subject_of(role, plan.slug, number)
            person = person_called(subject)
            await filling.as_person(person, cast.account(subject))
            await filling.as_operator(GrantRole(person=person, role=role), plan)
            filling.tell("people", 1)


async def publish_codes(filling: Filling, plan: Plan, kinds: Sequence[Conduct]) -> None:
    """Those of the first codes of conduct that are not in force yet."""
    there = {code.kind for code in (await filling.as_coordinator(ConductInForceNow(), plan)).items}
    for code in first_codes(plan.slug):
        if code.kind in kinds and code.kind not in there:
            await filling.as_coordinator(code, plan)


async def accept_community_code(filling: Filling, plan: Plan) -> None:
    """By those who were given a role; the others accept theirs when they come."""
    wanted = ConductInForceNow(kinds=(Conduct.COMMUNITY,))
    (code,) = (await filling.as_coordinator(wanted, plan)).items
    for role in GRANTED:
        for number in range(plan.count(role)):
            person = person_called(subject_of(role, plan.slug, number))
            await filling.as_person(person, AcceptCodeOfConduct(kind=code.kind, version=code.version), plan)


async def publish_design(filling: Filling, plan: Plan) -> None:
    """The project's design with a round that recruits now, unless there is a programme already."""
    if not (await filling.as_coordinator(ProgrammesPage(first=1), plan)).items:
        starts = _day(filling.today, plan)
        ends = starts + plan.lasts if starts and plan.lasts else None
        await filling.as_operator(SeedProgramme(design=plan.slug, starts_on=starts, ends_on=ends), plan)


def _day(today: date, plan: Plan) -> date | None:
    return None if plan.starts_in is None else today + plan.starts_in
