"""The made-up people are the same from the same number, believable, and filled in once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from commons_chassis.ask import Asker
from commons_contracts.codes import Language, Role
from commons_contracts.profiles import ImportPeople
from commons_geo.extract import places
from commons_mentoring import designs
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running
from commons_onebox.seed import _largest_towns, fill, fill_home
from commons_onebox.seed.crowd import PENDING, crowd_of
from commons_onebox.seed.people import Cast, Made, Towns, person_called, subject_of
from commons_onebox.seed.plan import CHOSEN, PLANS
from commons_onebox.tokens import subject

LARGEST_MESSAGE = 900_000
ADULTS_BORN_UNTIL = 2006


@pytest.fixture(scope="module")
def towns() -> Towns:
    return _largest_towns([tuple(places())])


def _casts(towns: Towns, seed: int) -> list[Cast]:
    return [Cast(plan=plan, rules=designs.load(plan.slug).rules, towns=towns, seed=seed) for plan in PLANS]


def _everyone(towns: Towns, seed: int = 1) -> Iterator[Made]:
    return (made for cast in _casts(towns, seed) for made in cast.members())


def test_there_are_enough_of_them(towns: Towns) -> None:
    counts = Counter(made.role for made in _everyone(towns))
    assert counts[Role.MENTOR] >= 400
    assert counts[Role.MENTEE] >= 1200
    assert all(counts[role] >= len(PLANS) for role in CHOSEN)
    unfinished = [made for made in _everyone(towns) if made.role is Role.MENTOR and not made.ready]
    assert 0 < len(unfinished) < 40


def test_the_same_number_makes_the_same_people(towns: Towns) -> None:
    assert list(_everyone(towns, 7)) == list(_everyone(towns, 7))
    assert list(_everyone(towns, 7)) != list(_everyone(towns, 8))


def test_a_token_by_role_is_the_first_of_them(towns: Towns) -> None:
    people = {made.person for made in _everyone(towns)}
    for plan in PLANS:
        assert {person_called(subject(role, plan.slug)) for role in CHOSEN} <= people
    assert subject_of(Role.SAFEGUARDING_LEAD, "westem") == subject(Role.SAFEGUARDING_LEAD, "westem")


def test_they_live_somewhere_and_speak_of_it_in_their_language(towns: Towns) -> None:
    known = {town.id: town.country for there in towns.values() for town in there}
    spoken = Counter[Language]()
    for made in _everyone(towns):
        entry = made.entry
        assert known[entry.description.place or 0] == entry.account.country == entry.description.country
        assert entry.account.birth_year < ADULTS_BORN_UNTIL
        if entry.introduction is not None:
            spoken[Language(entry.introduction.language)] += 1
            assert "{" not in entry.introduction.text
        assert (entry.motivation != "") == (made.role is Role.MENTEE)
    assert set(spoken) == set(Language)


def test_the_north_is_in_the_north(towns: Towns) -> None:
    latitudes = {town.id: town.latitude for town in towns["NO"]}
    north = next(cast for cast in _casts(towns, 1) if cast.plan.slug == "stem-nord")
    assert all(latitudes[made.entry.description.place or 0] > 65 for made in north.members())


def test_minors_are_minors(towns: Towns) -> None:
    account = _casts(towns, 1)[0].minor("minor-1@westem", 2026)
    assert 2026 - account.birth_year in {14, 15, 16}


def test_a_batch_fits_into_a_message(towns: Towns) -> None:
    for _, batch in crowd_of(_casts(towns, 1)):
        assert len(ImportPeople(items=tuple(made.entry for made in batch)).model_dump_json()) < LARGEST_MESSAGE


async def _fill(home: Home) -> Counter[str]:
    told = Counter[str]()
    asker = Asker(home.broker.url, name="seed", seed=home.seed("gateway"))
    await asker.start()
    tiny = [replace(plan, crowds={Role.MENTOR: 3}) for plan in PLANS]
    await fill(asker, lambda what, count: told.update({what: count}), plans=tiny, inhabitants=30_000)
    await asker.stop()
    return told


def _facts(home: Home) -> dict[str, int]:
    found = {}
    for name in SERVICES:
        with psycopg.connect(home.postgres.admin_dsn, dbname=f"commons_{name}") as connection:
            found[name] = connection.execute("select count(*) from event_log").fetchone()[0]  # type: ignore[index]
    return found


def test_filled_again_nothing_happens_again(tmp_path: Path) -> None:
    with running(tmp_path, environment={"COMMONS_ENV": "dev"}):
        home = Home(tmp_path)
        told = asyncio.run(_fill(home))
        facts = _facts(home)
        assert told["people"] == len(PLANS) * (len(CHOSEN) + 2 + 3 + PENDING)
        assert facts["profiles"] > told["people"]
        assert facts["matching"] > told["registrations"] > 0
        asyncio.run(_fill(home))
        assert _facts(home) == facts
        (home.folder / "seeded.json").touch()
        assert not fill_home(home, lambda _what, _count: None)
        assert _facts(home) == facts
