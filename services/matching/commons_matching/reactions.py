"""What matching does when something happens elsewhere: it keeps mentor cards, opens rounds, and offers waiting places."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import VettingOutcome
from commons_contracts.geo import PlaceLocated
from commons_contracts.mentoring import MentorshipEnded, MentorshipPaused, PlaceWanted, ProgrammePublished
from commons_contracts.profiles import (
    CriterionAgreed,
    CriterionWithdrawn,
    Description,
    IntroductionPublished,
    IntroductionWithdrawn,
    MembershipBegan,
    MembershipEnded,
    MentoringPaused,
    MentoringResumed,
    ProfileDescribed,
    ProjectOpened,
    RolesGranted,
    RolesRevoked,
    TrainingRecorded,
    VettingRecorded,
)

from .listing import expect_lists
from .offering import offer_free_places
from .rules.match import Match
from .rules.places import Spot
from .rules.round import open_round
from .runs.forgetting import forget_person
from .tables import cards, consents, place_points, places, programmes, rounds, silences, trainings, vettings, zones
from .tables.place import give_place_back, others_hold, use_place

OfMember = (
    ProfileDescribed
    | IntroductionPublished
    | IntroductionWithdrawn
    | MentoringPaused
    | MentoringResumed
    | CriterionAgreed
    | CriterionWithdrawn
    | TrainingRecorded
    | VettingRecorded
)
FIELD_LEVELS = (2, 3, 4)
"""ISCED-F: digits of a broad, a narrow and a detailed field."""


@answers
async def keep_zone(event: ProjectOpened, tx: Tx) -> None:
    put = insert(zones).values(project=event.project, zone=event.zone)
    await tx.run(put.on_conflict_do_update(index_elements=[zones.c.project], set_={"zone": event.zone}))
    for row in await tx.rows(sa.select(programmes.c.published).where(programmes.c.project == event.project)):
        await _open_round(ProgrammePublished.model_validate(row["published"]), tx)


@answers
async def keep_programme(event: ProgrammePublished, tx: Tx) -> None:
    published = event.model_dump(mode="json")
    put = insert(programmes).values(id=event.programme, project=event.project, published=published)
    await tx.run(put.on_conflict_do_nothing())
    await _open_round(event, tx)


@answers
async def keep_description(event: ProfileDescribed, tx: Tx) -> None:
    await _keep_card(event, tx, **_searchable(event.description))


@answers
async def keep_introduction(event: IntroductionPublished | IntroductionWithdrawn, tx: Tx) -> None:
    await _keep_card(event, tx, introduced=isinstance(event, IntroductionPublished))


@answers
async def keep_pause(event: MentoringPaused | MentoringResumed, tx: Tx) -> None:
    await _keep_card(event, tx, paused=isinstance(event, MentoringPaused))


@answers
async def keep_consent(event: CriterionAgreed, tx: Tx) -> None:
    codes = [code.value for code in (*([event.gender] if event.gender else []), *event.background)]
    row = {"project": event.project, "person": event.person, "criterion": event.criterion, "codes": codes}
    await tx.run(_put(consents, row, "codes"))
    await _keep_card(event, tx)


@answers
async def forget_consent(event: CriterionWithdrawn, tx: Tx) -> None:
    """At once, with what was told for it."""
    c = consents.c
    hers = (c.project == event.project) & (c.person == event.person) & (c.criterion == event.criterion)
    await tx.run(sa.delete(consents).where(hers))
    await _keep_card(event, tx)


@answers
async def keep_training(event: TrainingRecorded, tx: Tx) -> None:
    """The last time counts, in whatever order they are told."""
    t = trainings.c
    row = {"project": event.project, "person": event.person, "module": event.module, "held_on": event.held_on}
    put = insert(trainings).values(row)
    later = sa.func.greatest(t.held_on, put.excluded.held_on)
    await tx.run(put.on_conflict_do_update(index_elements=[t.project, t.person, t.module], set_={"held_on": later}))
    await _keep_card(event, tx)


@answers
async def keep_vetting(event: VettingRecorded, tx: Tx) -> None:
    """Whatever was seen last: what speaks against someone ends what spoke for her."""
    until = event.expires_on if event.outcome is VettingOutcome.CLEARED else None
    await tx.run(_put(vettings, {"project": event.project, "person": event.person, "until": until}, "until"))
    await _keep_card(event, tx)


@answers
async def touch_card(event: MembershipBegan | RolesGranted | RolesRevoked | MembershipEnded, tx: Tx) -> None:
    """Whoever keeps a pool reads her again: what she is in the project is part of whether she takes part."""
    await tx.run(sa.update(cards).where(cards.c.id == event.membership).values(project=event.project))


@answers
async def forget_in_runs(event: MembershipEnded | CriterionWithdrawn, tx: Tx) -> None:
    """Who leaves, or takes back what she was matched by, is kept among the people of no run."""
    await forget_person(tx, event.person)


@answers
async def keep_place_point(event: PlaceLocated, tx: Tx) -> None:
    where = {"latitude": event.latitude, "longitude": event.longitude}
    put = insert(place_points).values(place=event.place, **where)
    fresh = where | {"changed": put.excluded.changed}
    await tx.run(put.on_conflict_do_update(index_elements=[place_points.c.place], set_=fresh))


def _put(of: sa.Table, row: dict[str, Any], *changes: str) -> Insert:
    put = insert(of).values(row)
    return put.on_conflict_do_update(index_elements=list(of.primary_key), set_={name: row[name] for name in changes})


@answers
async def welcome_back(event: IntroductionPublished | MentoringResumed, tx: Tx) -> None:
    """Her silence is forgotten, and who waits for her is asked again. Told once more in a replay, it changes nothing."""
    s = silences.c
    put = insert(silences).values(project=event.project, mentor=event.person, expired=0, back_at=event.at)
    fresh = {"expired": 0, "back_at": event.at}
    older = s.back_at.is_(None) | (s.back_at < event.at)
    if await tx.run(put.on_conflict_do_update(index_elements=[s.project, s.mentor], set_=fresh, where=older)) == 0:
        return
    for row in await tx.rows(sa.select(places.c.round, places.c.style).where(places.c.mentor == event.person)):
        await offer_free_places(tx, Spot(mentor=event.person, **row))


@answers
async def give_back(event: MentorshipPaused | MentorshipEnded, tx: Tx) -> None:
    """The place of a mentorship that rests or is over goes to the next who waits, once however often it is told; that of a
    circle with the last of its members.
    """
    match = await tx.find(Match, event.match)
    if match is None or not match.is_new(event.turn):
        return
    if isinstance(event, MentorshipEnded):
        match.over_at = event.at
    if freed := match.let_place_go(tx.now):
        await tx.emit(*freed)
        if not await others_hold(tx, match):
            await give_place_back(tx, match)
            await offer_free_places(tx, match)


@answers
async def take_again(event: PlaceWanted, tx: Tx) -> None:
    """A paused mentorship goes on where its mentor has a place; those who hold one go first."""
    match = await tx.find(Match, event.match)
    if match is not None and match.is_new(event.turn):
        held = match.place_held or await others_hold(tx, match)
        taken = held or await use_place(tx, match, held=False)
        await tx.emit(match.answer(tx.now, taken=taken))


async def _open_round(published: ProgrammePublished, tx: Tx) -> None:
    """Once, and as soon as the zone is known that its window is reckoned in."""
    zone = await tx.value(sa.select(zones.c.zone).where(zones.c.project == published.project))
    if zone is None:
        return
    round, opened = open_round(published, zone)
    row = {c.name: getattr(round, c.name) for c in rounds.c} | {"rules": published.rules.model_dump(mode="json")}
    if await tx.run(insert(rounds).values(row).on_conflict_do_nothing()) == 1:
        await tx.emit(opened)
        await expect_lists(tx, round)


async def _keep_card(event: OfMember, tx: Tx, **told: Any) -> None:
    blank = _searchable(Description()) | {"introduced": False, "paused": False}
    put = insert(cards).values(id=event.membership, project=event.project, person=event.person, **blank | told)
    await tx.run(put.on_conflict_do_update(index_elements=[cards.c.id], set_=told | {"changed": put.excluded.changed}))


def _searchable(told: Description) -> dict[str, Any]:
    """A description whole, and the parts that lists are searched by; each field also under its wider codes."""
    fields = {code[:digits] for code in told.fields for digits in FIELD_LEVELS if len(code) >= digits}
    return {
        "description": told.model_dump(mode="json"),
        "fields": sorted(fields),
        "languages": [speaks.language for speaks in told.languages],
        "country": told.country,
        "place": told.place,
    }
