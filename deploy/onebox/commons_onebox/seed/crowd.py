"""The population: who registers, takes part and introduces herself, in batches and by the rules that hold for each."""

from __future__ import annotations

from collections.abc import Sequence

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.matching import ParticipantEntry, RegisterParticipants, RoundsOf
from commons_contracts.profiles import ImportPeople, PublishIntroductions

from .filling import Filling, batches
from .people import SIDES, Cast, Made, person_called
from .plan import Plan

PEOPLE_IN_A_BATCH = 50
BATCHES_AT_ONCE = 1
PENDING = 3
"""In each project, so many are too young to act for themselves, and wait."""

Crowd = list[tuple[Plan, tuple[Made, ...]]]


def crowd_of(casts: Sequence[Cast]) -> Crowd:
    """Everyone, in batches of one project each."""
    return [(cast.plan, batch) for cast in casts for batch in batches(cast.members(), PEOPLE_IN_A_BATCH)]


async def import_people(filling: Filling, crowd: Crowd) -> None:
    async def bring(it: tuple[Plan, tuple[Made, ...]]) -> int:
        plan, made = it
        return (await filling.as_operator(ImportPeople(items=tuple(m.entry for m in made)), plan)).count

    await filling.each("people", crowd, bring, at_once=BATCHES_AT_ONCE)


async def register_participants(filling: Filling, crowd: Crowd) -> None:
    """In the round that the project's design opened."""

    async def register(it: tuple[Plan, tuple[Made, ...]]) -> int:
        plan, made = it
        round = (await filling.as_coordinator(RoundsOf(), plan)).items[0]
        items = tuple(ParticipantEntry(person=m.person, role=m.role, places=m.places) for m in made if m.role in SIDES)
        return (await filling.as_operator(RegisterParticipants(round=round.id, items=items), plan)).count

    with_sides = [(plan, made) for plan, made in crowd if any(m.role in SIDES for m in made)]
    await filling.each("registrations", with_sides, register, at_once=BATCHES_AT_ONCE)


async def publish_introductions(filling: Filling, crowd: Crowd) -> None:
    async def publish(it: tuple[Plan, tuple[Made, ...]]) -> int:
        plan, made = it
        ready = tuple(m.person for m in made if m.role is Role.MENTOR and m.ready)
        return (await filling.as_operator(PublishIntroductions(persons=ready), plan)).count

    with_mentors = [(plan, made) for plan, made in crowd if any(m.role is Role.MENTOR for m in made)]
    await filling.each("introductions", with_mentors, publish, at_once=BATCHES_AT_ONCE)


async def register_minors(filling: Filling, cast: Cast) -> None:
    """Who is there already is told, as to everything she tries, that her guardian must consent first."""
    for number in range(1, PENDING + 1):
        subject = f"minor-{number}@{cast.plan.slug}"
        try:
            await filling.as_person(person_called(subject), cast.minor(subject, filling.today.year))
        except Refusal as no:
            if no.code is not RefusalCode.GUARDIAN_CONSENT_REQUIRED:
                raise
        filling.tell("people", 1)
