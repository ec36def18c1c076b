"""What places cost is reckoned while people come, before any run: by one process, when enough has changed."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.clock import Clock, setting_for
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, play, run
from commons_contracts.base import Actor
from commons_contracts.codes import Cefr, Criterion, Method, Role, Style
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.matching import SetPlaces, Suggestions
from commons_contracts.mentoring import MatchRules, Weight
from commons_contracts.profiles import Speaks
from commons_matching import keeping
from commons_matching.app import service
from commons_matching.keeping import Keeper
from commons_matching.runs.pricing import pool_of, tariff
from commons_matching.tables import pool as pools
from commons_matching.tables import prices
from commons_matching.tables import tariff as tariffs
from commons_matching.tables.round import find_round

SWEDISH = (Speaks(language="sv", level=Cefr.C1),)
CIVIL = {"languages": SWEDISH, "fields": ("0732",)}
OTHER = {"languages": SWEDISH, "fields": ("0731",)}
BY_FIELD = MatchRules(method=Method.MENTEE_PICKS, criteria=(Weight(criterion=Criterion.FIELD, points=100),))


@pytest.fixture
async def town(database, a_recruitment, monkeypatch):
    """A committed round, and a process that keeps it in mind."""
    monkeypatch.setattr(tariffs, "PAUSE", timedelta(0))
    pools.forget_pools()
    engine, project, clock = create_async_engine(driver(database.app_dsn)), ProjectId(new_id()), Clock()
    clock.setting = setting_for(NOON, frozen=True)
    everywhere = keeping.recruiting
    monkeypatch.setattr(keeping, "recruiting", lambda at: [it for it in everywhere(at) if it.project == project])
    keeper = Keeper(SimpleNamespace(service=service, app=engine, clock=clock, stopping=False))
    keeper.round = None

    @asynccontextmanager
    async def scene():
        async with doors.transaction(
            service, engine, Actor(person=PersonId(new_id()), project=project), NOON, own=False
        ) as tx:
            await play(tx)
            game = a_recruitment(tx)
            game.round = keeper.round
            yield game
            keeper.round = game.round

    keeper.scene = scene
    yield keeper
    async with scene() as game:
        await game.end()
    await keeper.held.close()
    await engine.dispose()


async def recruit(town, *, matching=BY_FIELD, mentees=3):
    """One mentor of civil engineering whom everybody fits, another whom nobody does, and mentees who ask for both."""
    async with town.scene() as game:
        await game.open(matching=matching)
        sought, calm = await game.mentor(**CIVIL), await game.mentor(**OTHER)
        viewers = [await game.mentee(**CIVIL) for _ in range(mentees)]
    return sought, calm, viewers


async def look(town):
    await town.follow()
    assert keeping.recruiting(NOON)
    town.priced.clear()
    await town.price()
    async with town.scene() as game:  # beside transactions of other tests, which hold back what counts as seen
        await game.tx.run(sa.text("update pricings set seen = pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))


async def costs(town):
    async with town.scene() as game:
        rows = await game.tx.rows(sa.select(prices.c.mentor, prices.c.points).where(prices.c.round == game.round))
        return {row["mentor"]: row["points"] for row in rows}


async def basis(town):
    async with town.scene() as game:
        return await tariffs.find_basis(game.tx, await find_round(game.tx, game.round))


async def suggested(town, viewer):
    async with town.scene() as game:
        game.roles[viewer] = Role.MENTEE
        await game.become(viewer)
        return [card.person for card in (await run(service, Suggestions(round=game.round), game.tx)).items]


async def test_suggestions_spread_before_any_run(town, monkeypatch):
    sought, calm, viewers = await recruit(town, matching=BY_FIELD.model_copy(update={"price_percent": 150}))
    assert await suggested(town, viewers[0]) == [sought, calm]
    monkeypatch.setattr(tariffs, "PAUSE", timedelta(minutes=1))
    await town.follow()
    await town.price()
    assert await costs(town) == {}
    monkeypatch.setattr(tariffs, "PAUSE", timedelta(0))
    town.priced.clear()
    await look(town)
    found = await costs(town)
    assert found[sought] > found.get(calm, 0)
    assert await suggested(town, viewers[0]) == [calm, sought]
    pool = pool_of((await basis_of_all(town)).everyone)
    assert tariff(pool) == {str(mentor): points for mentor, points in found.items()}


async def basis_of_all(town):
    async with town.scene() as game:
        await game.tx.run(sa.text("update pricings set seen = null"))
        found = await tariffs.find_basis(game.tx, await find_round(game.tx, game.round))
    assert found is not None
    return found


async def test_nothing_is_reckoned_until_enough_has_changed(town, monkeypatch):
    sought, _, _ = await recruit(town, mentees=5)
    await look(town)
    assert await basis(town) is None
    monkeypatch.setattr(tariffs, "ENOUGH", 3)
    for _ in range(3):
        assert await basis(town) is None
        async with town.scene() as game:
            await game.mentee(**CIVIL)
    assert await basis(town) is not None
    await look(town)
    assert await basis(town) is None
    async with town.scene() as game:
        await play(game.tx, person=sought, roles=(Role.MENTOR,))
        await run(service, SetPlaces(round=game.round, style=Style.TRADITIONAL, most=5), game.tx)
    assert await basis(town) is not None


async def test_one_process_looks_and_none_so_soon_after(town, monkeypatch):
    await recruit(town)

    async def turn():
        async with town.scene() as game:
            return await tariffs.take_turn(game.tx, await find_round(game.tx, game.round))

    monkeypatch.setattr(tariffs, "PAUSE", timedelta(minutes=1))
    assert [await turn(), await turn()] == [False, False]
    monkeypatch.setattr(tariffs, "PAUSE", timedelta(0))
    assert await turn() is True
    monkeypatch.setattr(tariffs, "PAUSE", timedelta(minutes=1))
    assert await turn() is False


@pytest.mark.parametrize("changes", [{"price_percent": 0}, {"method": Method.ALGORITHM}])
async def test_no_prices_where_nobody_would_see_them(town, changes):
    await recruit(town, matching=BY_FIELD.model_copy(update=changes))
    await look(town)
    assert await costs(town) == {}
    assert town.round not in town.priced


async def test_a_hand_that_is_lost_is_asked_again(town, monkeypatch):
    await recruit(town)
    python = sys.executable
    monkeypatch.setattr("commons_matching.runs.holding.sys.executable", "/bin/false")
    await look(town)
    assert await costs(town) == {}
    async with town.scene() as game:
        await game.tx.run(sa.text("update pricings set seen = null"))
    monkeypatch.setattr("commons_matching.runs.holding.sys.executable", python)
    await look(town)
    assert await costs(town) != {}
