"""The places that come with the package."""

from zoneinfo import available_timezones

import pytest

from commons_contracts.geo import LoadPlaces
from commons_geo.extract import place_batches

MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def batches():
    return list(place_batches())


def test_europe_is_whole(batches):
    places = [place for batch in batches for place in batch]
    countries = {place.country for place in places}

    assert 70_000 < len(places) < 73_000
    assert len({place.id for place in places}) == len(places)
    assert {"SE", "NO", "IT", "HU", "GR", "GB", "UA", "IS", "CY", "XK"} <= countries
    assert len(countries) >= 50
    assert all(place.population > 0 and place.longitude < 62 for place in places)


def test_every_zone_is_one_that_python_knows(batches):
    assert {place.zone for batch in batches for place in batch} <= available_timezones()


def test_a_place_has_its_names_in_several_scripts(batches):
    [kiruna] = [place for batch in batches for place in batch if place.id == 605155]

    assert (kiruna.name, kiruna.country, kiruna.zone) == ("Kiruna", "SE", "Europe/Stockholm")
    assert (kiruna.latitude, kiruna.longitude) == pytest.approx((67.856, 20.225), abs=0.002)
    assert {"Giron", "Кируна"} <= set(kiruna.other_names)


def test_a_batch_fits_in_a_message(batches):
    assert {len(batch) for batch in batches[:-1]} == {2000}
    assert max(len(LoadPlaces(items=batch).model_dump_json().encode()) for batch in batches) < MOST_BYTES
