"""What a coordinator decides about pairs: over what was computed, never over a hard rule; and what runs tell of themselves."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.testing import play, refused, run
from commons_contracts.codes import (
    Cefr,
    Criterion,
    FairnessGroup,
    Goal,
    Modality,
    NotPaired,
    PairWish,
    PauseCause,
    ProposalOrigin,
    RefusalCode,
    Role,
)
from commons_contracts.matching import (
    CancelMatchRun,
    CompareRuns,
    Fairness,
    LiftPairWish,
    MatchRunsByIds,
    OverrideProposal,
    PairWishes,
    ProposalOverridden,
    ProposalsPage,
    PublishMatchRun,
    RerunMatchRun,
    RunSettings,
    StartMatchRun,
    WhyNot,
    WishPair,
)
from commons_contracts.mentoring import Weight
from commons_contracts.profiles import MentoringPaused, Speaks
from commons_matching.app import service

from .runs import compute, coordinate, proposed

SWEDISH = {
    "languages": (Speaks(language="sv", level=Cefr.C1),),
    "fields": ("0714",),
    "hours": 0b1111,
    "goals": (Goal.NETWORK,),
}
PERSIAN = SWEDISH | {"languages": (Speaks(language="fa", level=Cefr.C1),)}


class Run:
    """A proposed run of two mentors with a place each and three mentees, and what a coordinator asks about it."""

    def __init__(self, game):
        self.game = game

    async def prepare(self):
        game = self.game
        self.mentors = [await game.mentor(**SWEDISH) for _ in range(2)]
        self.mentees = [await game.mentee(**SWEDISH) for _ in range(3)]
        self.persian = await game.mentee(**PERSIAN)
        self.id = (await proposed(game)).id
        pairs = await self.pairs()
        (self.left,) = set(self.mentees) - set(pairs)
        self.mentee, self.mentor = next(iter(pairs.items()))
        return self

    async def ask(self, kind, **asked):
        return await run(service, kind(**asked), self.game.tx)

    async def shown(self, id=None):
        return (await self.ask(MatchRunsByIds, ids=(id or self.id,))).items[0]

    async def proposals(self, id=None):
        return (await self.ask(ProposalsPage, run=id or self.id)).items

    async def pairs(self, id=None):
        return {it.mentee: it.mentor for it in await self.proposals(id)}

    async def override(self, mentee, mentor=None, reason="They know each other."):
        return await self.ask(OverrideProposal, run=self.id, mentee=mentee, mentor=mentor, reason=reason)

    async def again(self, **more):
        """A run after this one was laid aside."""
        await self.ask(CancelMatchRun, run=self.id)
        self.id = (await proposed(self.game, **more)).id
        return await self.pairs()


@pytest.fixture
async def it(recruitment):
    return await Run(recruitment).prepare()


async def test_another_pair_takes_the_place_and_later_runs_remember(it):
    gone = await it.override(it.mentee)
    assert (gone.proposal, gone.run.matched, gone.wish.wish) == (None, 1, PairWish.FORBID)
    given = await it.override(it.left, it.mentor)
    assert (given.proposal.origin, given.run.matched, given.wish.wish) == (ProposalOrigin.OVERRIDDEN, 2, PairWish.PIN)
    assert sum(part.points for part in given.proposal.contributions) == given.proposal.points
    facts = [fact for fact in it.game.news() if isinstance(fact, ProposalOverridden)]
    assert [(fact.mentee, fact.mentor) for fact in facts] == [(it.mentee, None), (it.left, it.mentor)]
    again = await it.again(seed=5)
    assert again[it.left] == it.mentor
    assert again.get(it.mentee) != it.mentor
    origins = {one.mentee: one.origin for one in await it.proposals()}
    assert origins[it.left] is ProposalOrigin.PINNED
    await it.ask(LiftPairWish, round=it.game.round, mentor=it.mentor, mentee=it.left)
    assert ProposalOrigin.PINNED not in {one.origin for one in await it.again() and await it.proposals()}


async def test_forbidden_pairs_are_none_though_a_place_stays_free(it):
    for mentee in it.mentees:
        wish = {"mentor": it.mentor, "mentee": mentee, "wish": PairWish.FORBID, "reason": "They work together."}
        await it.ask(WishPair, round=it.game.round, **wish)
    assert it.mentor not in (await it.again()).values()


@pytest.mark.parametrize("reason", ["", "  \n"])
async def test_an_override_needs_a_reason(it, reason):
    async with refused(it.game.tx, RefusalCode.REASON_REQUIRED):
        await it.override(it.mentee, reason=reason)
    async with refused(it.game.tx, RefusalCode.REASON_REQUIRED):
        wish = {"mentor": it.mentor, "mentee": it.mentee, "wish": PairWish.PIN}
        await it.ask(WishPair, round=it.game.round, reason=reason, **wish)


async def test_no_hard_rule_is_overridden(it):
    async with refused(it.game.tx, RefusalCode.LANGUAGE_MISMATCH):
        await it.override(it.persian, it.mentor)
    async with refused(it.game.tx, RefusalCode.MENTOR_AT_CAPACITY):
        await it.override(it.left, it.mentor)
    async with refused(it.game.tx, RefusalCode.NOT_FOUND):
        await it.override(it.left, it.mentee)
    await it.game.describe(it.left, **SWEDISH | {"modality": Modality.FACE_TO_FACE})
    await coordinate(it.game)
    async with refused(it.game.tx, RefusalCode.MODALITY_MISMATCH):
        await it.override(it.left, it.mentor)


async def test_what_keeps_somebody_safe_is_named_as_such_and_a_block_as_a_pause(it):
    safe = {"rule_": RefusalCode.MENTOR_UNAVAILABLE}
    await it.game.block(it.left, it.mentor)
    await coordinate(it.game)
    async with refused(it.game.tx, RefusalCode.RULE_NOT_OVERRIDABLE, **safe):
        await it.override(it.left, it.mentor)
    (other,) = set(it.mentors) - {it.mentor}
    await it.game.of_member(MentoringPaused, other, cause=PauseCause.OWN_WISH)
    await coordinate(it.game)
    async with refused(it.game.tx, RefusalCode.RULE_NOT_OVERRIDABLE, **safe):
        await it.override(it.left, other)
    await it.game.tx.run(sa.text("update standings set adult = false where person = :who").bindparams(who=it.left))
    async with refused(it.game.tx, RefusalCode.RULE_NOT_OVERRIDABLE, rule_=RefusalCode.VETTING_REQUIRED):
        await it.override(it.left, it.mentor)


async def test_a_dry_run_and_a_published_one_stay_as_they_are(it):
    tried = await proposed(it.game, dry_run=True)
    async with refused(it.game.tx, RefusalCode.INVALID_TRANSITION):
        await it.ask(OverrideProposal, run=tried.id, mentee=it.mentee, reason="So.")
    await it.ask(PublishMatchRun, run=it.id)
    async with refused(it.game.tx, RefusalCode.INVALID_TRANSITION):
        await it.override(it.mentee)


async def test_one_reason_why_two_are_not_proposed(it):
    async def why(mentor, mentee):
        return await it.ask(WhyNot, run=it.id, mentor=mentor, mentee=mentee)

    assert (await why(it.mentor, it.mentee)).why is NotPaired.PAIRED
    apart = await why(it.mentor, it.persian)
    assert (apart.why, apart.rule, apart.instead) == (NotPaired.RULE, RefusalCode.LANGUAGE_MISMATCH, ())
    full = await why(it.mentor, it.left)
    assert (full.why, [one.mentee for one in full.instead]) == (NotPaired.CAPACITY, [it.mentee])
    await it.override(it.mentee)
    assert (await why(it.mentor, it.mentee)).why is NotPaired.FORBIDDEN
    elsewhere = await why(it.mentor, next(m for m in await it.pairs()))
    assert (elsewhere.why, len(elsewhere.instead)) == (NotPaired.ELSEWHERE, 1)
    async with refused(it.game.tx, RefusalCode.NOT_FOUND):
        await why(it.mentee, it.mentor)


async def test_a_wish_that_cannot_be_followed_is_counted_and_harms_nobody(it):
    wish = {"mentor": it.mentor, "mentee": it.left, "wish": PairWish.PIN, "reason": "They asked for it."}
    await it.ask(WishPair, round=it.game.round, **wish)
    assert [one.wish for one in (await it.ask(PairWishes, round=it.game.round)).items] == [PairWish.PIN]
    await it.game.describe(it.left, **PERSIAN)
    await coordinate(it.game)
    again = await it.again()
    assert it.left not in again
    assert len(again) == 2
    assert (await it.shown()).pins_dropped == 1


async def test_a_rerun_leaves_alone_what_it_can(it):
    before = await it.pairs()
    await it.game.accept(await it.game.ask(it.mentee, it.mentor))
    await coordinate(it.game)
    again = await it.ask(RerunMatchRun, run=it.id)
    await compute(it.game, again.id)
    now, shown = await it.pairs(again.id), await it.shown(again.id)
    del before[it.mentee]
    assert now == before
    assert (shown.based_on, shown.moved, shown.matched) == (it.id, 0, 1)
    await it.ask(PublishMatchRun, run=again.id)
    assert len(set(now.values()) | {it.mentor}) == 2


async def test_two_runs_stand_side_by_side(it):
    settings = RunSettings(weights=(Weight(criterion=Criterion.HOURS, points=1),), bands=(9000,))
    tried = await proposed(it.game, dry_run=True, settings=settings)
    seen = await it.ask(CompareRuns, one=it.id, other=tried.id)
    assert seen.same + seen.different + seen.only_one == seen.one.matched == 2
    assert seen.same + seen.different + seen.only_other == seen.other.matched == 2
    assert seen.other.settings == settings
    assert len(seen.other.below) == 1


async def test_other_weights_than_the_published_are_for_trying_out(it):
    settings = RunSettings(weights=(Weight(criterion=Criterion.HOURS, points=1),))
    async with refused(it.game.tx, RefusalCode.PROGRAMME_VERSION_LOCKED):
        await it.ask(StartMatchRun, round=it.game.round, settings=settings)


async def test_a_group_of_fewer_than_five_is_never_shown(recruitment):
    await recruitment.mentor(places=4, **SWEDISH)
    for n in range(14):
        await recruitment.mentee(**SWEDISH, country="SE" if n < 6 else "FI" if n < 11 else "NO")
    ready = await proposed(recruitment)

    async def rows(**asked):
        return (await run(service, Fairness(run=ready.id, by=FairnessGroup.COUNTRY, **asked), recruitment.tx)).rows

    by = {row.group: row for row in await rows()}
    assert {group for group, row in by.items() if row.people is None} == {"NO", "FI"}, "five could be subtracted, else"
    (swedes,) = await rows(group="SE")
    assert swedes.people == swedes.matched + swedes.no_mentor + swedes.no_place + swedes.others_preferred == 6
    for group in ("NO", "FI"):
        async with refused(recruitment.tx, RefusalCode.COHORT_TOO_SMALL):
            await rows(group=group)
    kept = await recruitment.tx.value(sa.text("select report from runs where id = :id"), id=ready.id)
    hidden = [row for row in kept["fairness"] if row["group"] in {"NO", "FI"}]
    assert [row["matched"] for row in hidden] == [None, None]


async def test_runs_are_for_coordinators(it):
    await play(it.game.tx, person=it.mentee, roles=(Role.MENTEE,))
    assert (await it.ask(MatchRunsByIds, ids=(it.id,))).items == ()
    for kind, asked in {
        ProposalsPage: {"run": it.id},
        WhyNot: {"run": it.id, "mentor": it.mentor, "mentee": it.mentee},
        Fairness: {"run": it.id},
        PairWishes: {"round": it.game.round},
    }.items():
        async with refused(it.game.tx, RefusalCode.ROLE_NOT_ALLOWED):
            await it.ask(kind, **asked)


async def test_another_projects_run_is_not_there(it, a_recruitment):
    other = a_recruitment(it.game.tx)
    await play(it.game.tx, roles=(Role.COORDINATOR,), project=other.project.__class__(int=it.game.project.int ^ 1))
    async with refused(it.game.tx, RefusalCode.NOT_FOUND):
        await it.ask(ProposalsPage, run=it.id)
    async with refused(it.game.tx, RefusalCode.NOT_FOUND):
        await it.ask(PublishMatchRun, run=it.id)
