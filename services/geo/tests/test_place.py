"""Loading places, finding them, and the distances between them, through the doors."""

import pytest
import sqlalchemy as sa

from commons_chassis.faults import Fault
from commons_chassis.testing import play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import RefusalCode
from commons_contracts.geo import DistancesFrom, LoadPlaces, PlaceEntry, PlacesByIds, PlacesNamed, PlacesWithin
from commons_geo.app import service
from commons_geo.rules.distance import Point, kilometres
from commons_geo.tables import place_names, places

LULEA = PlaceEntry(
    id=604490,
    name="Luleå",
    ascii_name="Lulea",
    other_names=("Luleju", "Лулео", "لوليو"),
    country="SE",
    latitude=65.584,
    longitude=22.155,
    population=77_832,
    zone="Europe/Stockholm",
)


def near_lulea(id, name, **changes):
    """A place at Luleå, as far as not said otherwise, with no other names."""
    return LULEA.model_copy(update={"id": id, "name": name, "ascii_name": name, "other_names": (), **changes})


PITEA = near_lulea(604491, "Piteå", latitude=65.317, longitude=21.479, population=23_326)
LUTON = near_lulea(604492, "Luton", country="GB", latitude=51.880, longitude=-0.417, population=258_018)
LUND = near_lulea(604493, "Lund", latitude=55.706, longitude=13.188, population=91_940)
TROMSO = near_lulea(604494, "Tromsø", country="NO", latitude=69.649, longitude=18.955, population=41_915)
ALL = (LULEA, PITEA, LUTON, LUND, TROMSO)


async def load(tx, *entries):
    await play(tx, operator=True)
    done = await run(service, LoadPlaces(items=entries), tx)
    tx.actor = Actor()
    return done


async def names_found(tx, name, **more):
    return [place.name for place in (await run(service, PlacesNamed(name=name, **more), tx)).items]


async def test_loaded_places_are_stored_once_and_told_to_nobody(tx):
    assert (await load(tx, *ALL)).count == 5
    assert (await load(tx, *ALL, LUND)).count == 5

    assert await tx.value(sa.select(sa.func.count()).select_from(places)) == 5
    assert told(tx) == []


async def test_loading_again_replaces_what_was_known(tx):
    await load(tx, LULEA)

    await load(tx, LULEA.model_copy(update={"name": "Lule", "ascii_name": "Lule", "other_names": (), "population": 5}))

    [found] = (await run(service, PlacesByIds(ids=(LULEA.id,)), tx)).items
    assert (found.name, found.population) == ("Lule", 5)
    assert await names_found(tx, "luleå") == []
    assert await tx.value(sa.select(sa.func.count()).select_from(place_names)) == 1


async def test_loading_nothing_is_nothing(tx):
    assert (await load(tx)).count == 0


async def test_only_an_operator_loads(tx):
    with pytest.raises(Fault, match="FORBIDDEN"):
        await run(service, LoadPlaces(items=ALL), tx)

    assert await tx.value(sa.select(sa.func.count()).select_from(places)) == 0


async def test_places_come_back_in_the_order_of_their_ids_and_strangers_are_left_out(tx):
    await load(tx, *ALL)

    asked = (TROMSO.id, 1, LULEA.id, 0, -5, 2**31, 2**80)
    found = (await run(service, PlacesByIds(ids=asked), tx)).items

    assert [place.id for place in found] == [TROMSO.id, LULEA.id]
    assert found[1].model_dump() == LULEA.model_dump(exclude={"ascii_name", "other_names"})


@pytest.mark.parametrize("written", ["Luleå", "lulea", "LULEA", "  lule", "Lulej", "лул", "لول"])
async def test_a_place_is_found_by_the_beginning_of_any_name_in_any_script(tx, written):
    await load(tx, *ALL)

    assert await names_found(tx, written) == ["Luleå"]


async def test_the_largest_comes_first_and_a_country_narrows(tx):
    await load(tx, *ALL)

    assert await names_found(tx, "lu") == ["Luton", "Lund", "Luleå"]
    assert await names_found(tx, "lu", first=2) == ["Luton", "Lund"]
    assert await names_found(tx, "lu", country="SE") == ["Lund", "Luleå"]


@pytest.mark.parametrize("written", ["ulea", "lund%", "%", "_und", "…", "Lundx"])
async def test_what_no_name_begins_with_finds_nothing(tx, written):
    await load(tx, *ALL)

    assert await names_found(tx, written) == (["Lund"] if written == "lund%" else [])


async def test_places_within_a_distance_come_nearest_first(tx):
    await load(tx, *ALL)

    async def within(far):
        return (await run(service, PlacesWithin(place=LULEA.id, kilometres=far), tx)).ids

    assert await within(43.0) == (LULEA.id,)
    assert await within(43.2) == (LULEA.id, PITEA.id)
    assert await within(5000) == (LULEA.id, PITEA.id, TROMSO.id, LUND.id, LUTON.id)


async def test_distances_are_told_in_the_order_asked_and_none_where_unknown(tx):
    await load(tx, *ALL)

    found = (await run(service, DistancesFrom(place=LULEA.id, to=(LUND.id, 7, LULEA.id, LUND.id)), tx)).items

    assert [distance.place for distance in found] == [LUND.id, 7, LULEA.id, LUND.id]
    far = kilometres(Point(latitude=65.584, longitude=22.155), Point(latitude=55.706, longitude=13.188))
    assert [distance.kilometres for distance in found] == [far, None, 0, far]


@pytest.mark.parametrize(
    "question",
    [
        PlacesWithin(place=7, kilometres=10),
        DistancesFrom(place=7, to=(LULEA.id,)),
        PlacesWithin(place=2**80, kilometres=1),
    ],
)
async def test_an_origin_that_nobody_knows_is_not_found(tx, question):
    await load(tx, *ALL)

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, question, tx)
