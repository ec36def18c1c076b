"""A platform with people on it: four projects, places, universities, and a population made up from one number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime

from commons_chassis.ask import Asker
from commons_chassis.connect import GATEWAY
from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct
from commons_contracts.geo import PlaceEntry
from commons_geo.extract import places as every_place
from commons_mentoring import designs
from commons_profiles.lists import universities

from ..home import Home, HomeError
from . import crowd, ground
from .filling import Filling, Tell, batches
from .people import Cast, Towns
from .plan import PLANS, Plan

SEED = 2026
LARGEST_TOWNS = 60
PLACES_IN_A_BATCH = 2000
"""Well below the megabyte that a message may have."""


async def fill(
    asker: Asker, tell: Tell, *, seed: int = SEED, plans: Sequence[Plan] = PLANS, inhabitants: int = 0
) -> None:
    """Fill a fresh platform; whatever an interrupted filling left is found and completed.

    `inhabitants`: smaller places are left out, where a quick start matters more than the map.
    """
    today = (await asker.operations.clock()).date()
    filling = Filling(asker=asker, today=today, tell=tell)
    places = list(batches((place for place in every_place() if place.population >= inhabitants), PLACES_IN_A_BATCH))
    towns = _largest_towns(places)
    casts = [Cast(plan=plan, rules=designs.load(plan.slug).rules, towns=towns, seed=seed) for plan in plans]
    people = crowd.crowd_of(casts)
    async with asyncio.TaskGroup() as beside:
        beside.create_task(ground.load_places(filling, places))
        await _prepare(filling, casts)
        beside.create_task(ground.register_universities(filling, list(universities())))
        await crowd.import_people(filling, people)
        await filling.settled()
        await crowd.register_participants(filling, people)
        await filling.settled()
        await crowd.publish_introductions(filling, people)
    await filling.settled()


async def _prepare(filling: Filling, casts: Sequence[Cast]) -> None:
    """All projects at once, each step known to everyone before the next that needs it."""
    await ground.register_operator(filling)
    await asyncio.gather(*(ground.open_project(filling, cast) for cast in casts))
    await filling.settled()
    await asyncio.gather(*(ground.publish_codes(filling, cast.plan, [Conduct.COMMUNITY]) for cast in casts))
    await filling.settled()
    await asyncio.gather(*(ground.accept_community_code(filling, cast.plan) for cast in casts))
    await filling.settled()
    await asyncio.gather(*(ground.publish_codes(filling, cast.plan, list(Conduct)) for cast in casts))
    await asyncio.gather(*(ground.publish_design(filling, cast.plan) for cast in casts))
    await asyncio.gather(*(crowd.register_minors(filling, cast) for cast in casts))
    await filling.settled()


def _largest_towns(places: Sequence[Sequence[PlaceEntry]]) -> Towns:
    """By country, the places where people are most likely to live."""
    towns: dict[str, list[PlaceEntry]] = {}
    for place in (place for batch in places for place in batch):
        towns.setdefault(place.country, []).append(place)
    return {country: sorted(there, key=_by_size)[:LARGEST_TOWNS] for country, there in towns.items()}


def _by_size(place: PlaceEntry) -> tuple[int, int]:
    return -place.population, place.id


def fill_home(home: Home, tell: Tell, *, seed: int = SEED) -> bool:
    """Fill the platform that runs on a home, once; False where that was done before. Raises HomeError where it fails."""
    if home.seeded.exists():
        return False
    fill_elsewhere(home.broker.url, home.seed(GATEWAY), tell, seed=seed)
    home.seeded.write_text(json.dumps({"seed": seed}))
    return True


def fill_elsewhere(url: str, nkey: str, tell: Tell, *, seed: int = SEED, at: datetime | None = None) -> None:
    """Fill the platform whose broker is there; `nkey`: the gateway's, in whose name it is asked.

    `at`: where the business clock is set before, in development. What is there already stays. Raises HomeError where it
    fails.
    """
    try:
        asyncio.run(_fill_at(url, nkey, tell, seed, at))
    except* (Refusal, Fault) as stopped:
        message = f"Seeding stopped ({stopped.exceptions[0]!r}). Started again, it goes on where it was."
        raise HomeError(message) from None


async def _fill_at(url: str, nkey: str, tell: Tell, seed: int, at: datetime | None) -> None:
    asker = Asker(url, name="seed", seed=nkey)
    await asker.start()
    try:
        if at is not None:
            await asker.operations.move_clock(at, frozen=True)
        await fill(asker, tell, seed=seed)
    finally:
        await asker.stop()
