"""Runs that many start and publish at the same moment, each on a connection of her own, while mentors accept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_contracts.codes import RefusalCode, Style
from commons_contracts.matching import AcceptConnection, MatchConfirmed, PublishMatchRun, RunPublished, StartMatchRun
from commons_matching.tables import matches, runs

from .runs import coordinate, proposed
from .test_at_once import at_once, crowd, tally
from .test_run import SWEDISH

__all__ = ["crowd"]
MANY = 12


async def test_of_many_who_start_a_run_one_does(crowd):
    async with crowd.prepare() as scene:
        await scene.mentor(**SWEDISH)
        await scene.mentee(**SWEDISH)
        coordinator = await coordinate(scene)

    results = await at_once(*(crowd.do(coordinator, StartMatchRun(round=crowd.round)) for _ in range(MANY)))

    assert tally(results) == {"done": 1, RefusalCode.MATCH_RUN_IN_PROGRESS: MANY - 1}
    assert len(await crowd.rows(sa.select(runs.c.id))) == 1


@pytest.mark.parametrize("nth", range(3))
async def test_publishing_and_accepting_at_once_gives_nobody_two_and_no_mentor_too_many(crowd, nth):
    async with crowd.prepare() as scene:
        mentors = [await scene.mentor(places=1, **SWEDISH) for _ in range(3)]
        mentees = [await scene.mentee(**SWEDISH) for _ in range(4)]
        ready = await proposed(scene, seed=nth)
        asked = [await scene.ask(mentee, mentors[0]) for mentee in mentees]
        coordinator = await coordinate(scene)

    publish = [crowd.do(coordinator, PublishMatchRun(run=ready.id)) for _ in range(3)]
    accept = [crowd.do(mentors[0], AcceptConnection(connection=view.id)) for view in asked]
    results = await at_once(*publish, *accept)

    published = len(await crowd.facts(RunPublished))
    made = await crowd.rows(sa.select(matches.c.mentee).where(matches.c.style == Style.TRADITIONAL))
    assert tally(results)["done"] == len(made) - 2 * published == 1
    assert published == sum(not isinstance(result, RefusalCode) for result in results[:3])
    assert len(made) == len(set(made)) == len(await crowd.facts(MatchConfirmed))
    await crowd.places_add_up()
