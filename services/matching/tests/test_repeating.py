"""A run is computed again from what was kept of it; and whom it was about is forgotten when one of them leaves, or with time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.testing import pass_time, play, refused, run
from commons_contracts.codes import Cefr, Criterion, Goal, RefusalCode, Role, RunFailure, RunState
from commons_contracts.matching import (
    CancelMatchRun,
    MatchRunsByIds,
    ProposalsPage,
    PublishMatchRun,
    RepeatMatchRun,
)
from commons_contracts.profiles import CriterionWithdrawn, MembershipEnded, Speaks
from commons_matching.app import service
from commons_matching.rules.run import KEPT
from commons_matching.runs import snapshot
from commons_matching.runs.carrying import WHY
from commons_matching.runs.forgetting import holds
from commons_matching.tables import prices, run_snapshots, runs

from .runs import compute, coordinate, proposed, start

TOLD = {
    "languages": (Speaks(language="sv", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 0b1111,
    "goals": (Goal.NETWORK,),
}
s = run_snapshots.c


@pytest.fixture
async def game(recruitment):
    recruitment.mentors = [await recruitment.mentor(**TOLD) for _ in range(2)]
    recruitment.mentees = [await recruitment.mentee(**TOLD) for _ in range(3)]
    recruitment.run = (await proposed(recruitment, seed=7)).id
    return recruitment


async def shown(game, id):
    return (await run(service, MatchRunsByIds(ids=(id,)), game.tx)).items[0]


async def people(game, id):
    row = await game.tx.row(sa.select(s.people, s.prices, s.seen).where(s.run == id))
    return tuple(row.values())


async def repeated(game):
    again = await run(service, RepeatMatchRun(run=game.run), game.tx)
    await compute(game, again.id)
    return await shown(game, again.id)


async def test_the_same_comes_of_it_whatever_has_changed_since(game):
    await game.mentor(places=3, **TOLD)
    await game.mentee(**TOLD)
    await coordinate(game)
    before, cost = await shown(game, game.run), await game.tx.rows(sa.select(prices))
    again = await repeated(game)
    assert (again.state, again.repeats, again.dry_run) == (RunState.REPEATED, game.run, True)
    assert (again.identity, again.result_hash, again.seed) == (before.identity, before.result_hash, 7)
    assert (again.matched, again.total, again.mentees) == (before.matched, before.total, 3)
    assert before.repeatable
    assert not again.repeatable
    assert await people(game, again.id) == (None, None, 0), "what was kept stands once"
    assert (await run(service, ProposalsPage(run=again.id), game.tx)).items == ()
    assert await game.tx.rows(sa.select(prices)) == cost, "suggestions are no business of it"
    for refuses in (PublishMatchRun, CancelMatchRun, RepeatMatchRun):
        async with refused(game.tx, RefusalCode.INVALID_TRANSITION):
            await run(service, refuses(run=again.id), game.tx)


async def test_one_changed_byte_another_seed_and_another_result_are_seen(game):
    again = await run(service, RepeatMatchRun(run=game.run), game.tx)
    kept = await snapshot.read(game.tx, again.id)
    assert snapshot.packed(kept)[0] == kept.people
    for at in (0, len(kept.people) // 2, len(kept.people) - 1):
        other = bytearray(kept.people)
        other[at] ^= 1
        with pytest.raises(snapshot.ChangedError):
            snapshot.packed(replace(kept, people=bytes(other)))
    with pytest.raises(snapshot.ChangedError):
        snapshot.packed(replace(kept, seed=8))
    assert WHY[snapshot.ChangedError.__name__] is RunFailure.DIFFERENT
    await run(service, CancelMatchRun(run=again.id), game.tx)
    await game.tx.run(sa.update(runs).where(runs.c.id == game.run).values(result_hash="0" * 64))
    again = await repeated(game)
    assert (again.state, again.failure) == (RunState.FAILED, RunFailure.DIFFERENT)
    assert len(again.result_hash) == 64
    assert (await people(game, again.id))[0] is None


async def test_only_a_coordinator_has_it_computed_again_and_one_at_a_time(game):
    await play(game.tx, roles=(Role.MENTEE,))
    async with refused(game.tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, RepeatMatchRun(run=game.run), game.tx)
    await coordinate(game)
    other = await start(game, dry_run=True)
    async with refused(game.tx, RefusalCode.MATCH_RUN_IN_PROGRESS, run=other.id):
        await run(service, RepeatMatchRun(run=game.run), game.tx)


async def test_who_leaves_the_project_is_in_nothing_that_is_kept(game):
    before = await people(game, game.run)
    for one in (*game.mentors, *game.mentees):
        assert await game.tx.value(sa.select(s.run).where(holds(one))) == game.run, "everyone is found in it"
    assert None not in before
    stranger = await game.join(Role.MENTEE)
    await game.of_member(MembershipEnded, stranger)
    assert await people(game, game.run) == before, "of somebody else nothing is kept"
    await game.of_member(MembershipEnded, game.mentees[1])
    assert await people(game, game.run) == (None, None, before[2])
    await coordinate(game)
    told = await shown(game, game.run)
    assert (told.state, told.repeatable, len(told.result_hash)) == (RunState.PROPOSED, False, 64)
    async with refused(game.tx, RefusalCode.INVALID_TRANSITION, **{"from": "FORGOTTEN", "to": "REPEATED"}):
        await run(service, RepeatMatchRun(run=game.run), game.tx)


async def test_a_consent_taken_back_is_in_nothing_that_is_kept(game):
    await game.of_member(CriterionWithdrawn, game.mentees[1], criterion=Criterion.BACKGROUND)
    assert (await people(game, game.run))[:2] == (None, None)


async def test_who_leaves_while_it_is_computed_is_forgotten_with_its_end(game):
    id = (await start(game)).id
    read = await snapshot.read(game.tx, id)
    await game.of_member(MembershipEnded, game.mentees[0])
    await compute(game, id, read)
    await coordinate(game)
    told = await shown(game, id)
    assert (told.state, told.repeatable) == (RunState.PROPOSED, False)
    assert (await people(game, id))[:2] == (None, None)


async def test_after_half_a_year_nobody_is_kept(game):
    assert None not in await people(game, game.run)
    await pass_time(service, game.tx, to=game.tx.now + KEPT - timedelta(hours=1))
    assert None not in await people(game, game.run)
    await pass_time(service, game.tx, to=game.tx.now + timedelta(hours=1))
    assert (await people(game, game.run))[:2] == (None, None)
    assert not (await shown(game, game.run)).repeatable


async def test_what_comes_to_nothing_is_kept_no_longer(game):
    await coordinate(game)
    id = (await start(game)).id
    await run(service, CancelMatchRun(run=id), game.tx)
    assert not (await shown(game, id)).repeatable
    await run(service, CancelMatchRun(run=game.run), game.tx)
    assert (await shown(game, game.run)).repeatable, "what was laid aside has a result"
    assert await game.tx.value(sa.select(s.people).where(s.run == game.run)) is not None
