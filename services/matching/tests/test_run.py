"""Match runs through their doors: started once, proposed, changed by a coordinator, published all or not at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.testing import play, refused, run
from commons_contracts.codes import (
    Cefr,
    Goal,
    PauseCause,
    RefusalCode,
    Role,
    RunFailure,
    RunState,
    Style,
    Unmet,
)
from commons_contracts.matching import (
    CancelMatchRun,
    MatchConfirmed,
    MatchRunsByIds,
    ProposalsPage,
    PublishMatchRun,
    RunPublished,
    SetPlaces,
    StartMatchRun,
    UnmatchedPage,
)
from commons_contracts.profiles import MentoringPaused, Speaks
from commons_matching.app import service
from commons_matching.tables import matches, places

from .runs import compute, coordinate, proposed, start

SWEDISH = {
    "languages": (Speaks(language="sv", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 0b1111,
    "goals": (Goal.NETWORK,),
}
PERSIAN = {
    "languages": (Speaks(language="fa", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 0b1111,
    "goals": (Goal.NETWORK,),
}
STALE = RefusalCode.MATCH_SNAPSHOT_STALE


async def look(game, kind, **asked):
    return await run(service, kind(**asked), game.tx)


async def pairs(game, id):
    return {it.mentee: it.mentor for it in (await look(game, ProposalsPage, run=id)).items}


async def test_a_run_proposes_whom_it_can_and_says_why_not_the_others(recruitment):
    mentor = await recruitment.mentor(**SWEDISH)
    mentee = await recruitment.mentee(**SWEDISH)
    other = await recruitment.mentee(**PERSIAN)
    started = await proposed(recruitment, seed=7)
    shown = (await look(recruitment, MatchRunsByIds, ids=(started.id,))).items[0]
    assert (shown.state, shown.matched, shown.mentees, shown.seed) == (RunState.PROPOSED, 1, 2, 7)
    assert len(shown.identity) == len(shown.result_hash) == 64
    proposal = (await look(recruitment, ProposalsPage, run=started.id)).items[0]
    assert (proposal.mentor, proposal.mentee) == (mentor, mentee)
    assert sum(part.points for part in proposal.contributions) == proposal.points == shown.total > 0
    left = (await look(recruitment, UnmatchedPage, run=started.id)).items
    assert [(one.mentee, one.why, one.language) for one in left] == [(other, Unmet.NO_COMMON_LANGUAGE, None)]


async def test_only_a_coordinator_starts_one(recruitment):
    await recruitment.mentor(**SWEDISH)
    await play(recruitment.tx, roles=(Role.MENTOR,))
    async with refused(recruitment.tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, StartMatchRun(round=recruitment.round), recruitment.tx)


async def test_a_second_run_is_told_which_is_under_way(recruitment):
    await recruitment.mentor(**SWEDISH)
    await recruitment.mentee(**SWEDISH)
    first = await start(recruitment)
    async with refused(recruitment.tx, RefusalCode.MATCH_RUN_IN_PROGRESS, run=first.id):
        await start(recruitment, dry_run=True)
    await run(service, CancelMatchRun(run=first.id), recruitment.tx)
    assert (await start(recruitment)).state is RunState.QUEUED


@pytest.mark.parametrize("missing", ["mentor", "place", "mentee", "introduction"])
async def test_where_nobody_can_be_matched_none_is_started(recruitment, missing):
    if missing != "mentor":
        await recruitment.mentor(places=missing != "place", introduced=missing != "introduction", **SWEDISH)
    if missing != "mentee":
        await recruitment.mentee(**SWEDISH)
    await coordinate(recruitment)
    async with refused(recruitment.tx, RefusalCode.MATCH_POOL_EMPTY):
        await start(recruitment)


async def test_what_nobody_is_left_for_fails_with_a_code(recruitment):
    mentor = await recruitment.mentor(**SWEDISH)
    await recruitment.mentee(**SWEDISH)
    begun = await start(recruitment)
    await recruitment.become(mentor)
    await run(service, SetPlaces(round=recruitment.round, style=Style.TRADITIONAL, most=0), recruitment.tx)
    await compute(recruitment, begun.id)
    await coordinate(recruitment)
    shown = (await look(recruitment, MatchRunsByIds, ids=(begun.id,))).items[0]
    assert (shown.state, shown.failure) == (RunState.FAILED, RunFailure.POOL_EMPTY)


async def test_published_pairs_are_matches_like_any_other(recruitment):
    mentor = await recruitment.mentor(places=2, **SWEDISH)
    mentees = [await recruitment.mentee(**SWEDISH) for _ in range(2)]
    asked = await recruitment.ask(mentees[0], await recruitment.mentor(**PERSIAN))
    ready = await proposed(recruitment)
    recruitment.news()
    done = await run(service, PublishMatchRun(run=ready.id), recruitment.tx)
    assert done.state is RunState.PUBLISHED
    facts = recruitment.news()
    made = [fact for fact in facts if isinstance(fact, MatchConfirmed)]
    assert {fact.mentee for fact in made} == set(mentees)
    assert {fact.mentor for fact in made} >= {mentor}
    assert [fact.matches for fact in facts if isinstance(fact, RunPublished)] == [2]
    kept = await recruitment.tx.rows(sa.select(matches.c.id, matches.c.place_held))
    assert {row["id"] for row in kept} == {fact.match for fact in made}
    assert all(row["place_held"] for row in kept)
    used = await recruitment.tx.value(sa.select(sa.func.sum(places.c.used)))
    assert used == 2
    state = await recruitment.tx.value(sa.text("select state from connections where id = :id"), id=asked.id)
    assert state == "WITHDRAWN_MATCHED_ELSEWHERE"
    async with refused(recruitment.tx, RefusalCode.INVALID_TRANSITION):
        await run(service, PublishMatchRun(run=ready.id), recruitment.tx)


async def test_a_dry_run_is_never_published(recruitment):
    await recruitment.mentor(**SWEDISH)
    await recruitment.mentee(**SWEDISH)
    ready = await proposed(recruitment, dry_run=True)
    async with refused(recruitment.tx, RefusalCode.INVALID_TRANSITION):
        await run(service, PublishMatchRun(run=ready.id), recruitment.tx)


async def test_what_changed_meanwhile_stops_all_of_it(recruitment):
    mentor = await recruitment.mentor(**SWEDISH)
    away = await recruitment.mentor(**PERSIAN)
    mentee, other = await recruitment.mentee(**SWEDISH), await recruitment.mentee(**PERSIAN)
    ready = await proposed(recruitment)
    assert await pairs(recruitment, ready.id) == {mentee: mentor, other: away}
    await recruitment.accept(await recruitment.ask(mentee, mentor))
    await recruitment.of_member(MentoringPaused, away, cause=PauseCause.OWN_WISH)
    await coordinate(recruitment)
    changed = [
        {"why": "AT_CAPACITY", "mentor": mentor},
        {"why": "MATCHED", "mentor": mentor, "mentee": mentee},
        {"why": "UNAVAILABLE", "mentor": away, "mentee": other},
    ]
    async with refused(recruitment.tx, STALE, changed=changed, count=3):
        await run(service, PublishMatchRun(run=ready.id), recruitment.tx)


async def test_a_block_and_a_new_profile_are_seen_when_it_is_published(recruitment):
    mentor = await recruitment.mentor(places=2, **SWEDISH)
    mentee, other = await recruitment.mentee(**SWEDISH), await recruitment.mentee(**SWEDISH)
    ready = await proposed(recruitment)
    await recruitment.describe(other, **PERSIAN)
    await recruitment.block(mentee, mentor)
    await coordinate(recruitment)
    gone = [{"why": "UNAVAILABLE", "mentor": mentor, "mentee": each} for each in sorted((mentee, other), key=str)]
    async with refused(recruitment.tx, STALE, changed=gone, count=2):
        await run(service, PublishMatchRun(run=ready.id), recruitment.tx)
