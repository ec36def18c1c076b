"""What mentoring tells of a mentorship moves its mentor's place: once each, whatever is told twice, late or out of order."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, refused, told
from commons_contracts.codes import MentorshipState, RefusalCode, Style
from commons_contracts.matching import NoPlaceLeft, PlaceGivenBack, PlaceOffered, PlaceTakenAgain
from commons_contracts.mentoring import MentorshipEnded, MentorshipPaused, PlaceWanted
from commons_matching.app import service
from commons_matching.tables import matches, places


@pytest.fixture
async def pair(tx, recruitment):
    """A mentor with one place, and the mentee who has it."""
    mentor, mentee = await recruitment.mentor(places=1), await recruitment.mentee()
    await recruitment.accept(await recruitment.ask(mentee, mentor))
    match = await tx.value(sa.select(matches.c.id))
    return mentor, mentee, match


def of(kind, tx, match, turn):
    told_as = {"project": tx.project, "at": tx.now, "mentorship": new_id(), "match": match, "turn": turn}
    if kind is MentorshipPaused:
        return kind(**told_as, days=42)
    if kind is MentorshipEnded:
        ended = {"programme": new_id(), "style": Style.TRADITIONAL, "state": MentorshipState.ENDED_NO_FAULT}
        return kind(**told_as, **ended)
    return kind(**told_as)


async def used(tx, mentor):
    p = places.c
    return await tx.value(sa.select(p.used).where(p.mentor == mentor, p.style == Style.TRADITIONAL))


def news(tx, *kinds):
    return [
        type(fact) for fact in told(tx) if isinstance(fact, kinds or (PlaceGivenBack, PlaceTakenAgain, NoPlaceLeft))
    ]


@pytest.mark.parametrize("kind", [MentorshipPaused, MentorshipEnded])
async def test_a_place_is_given_back_once_however_often_it_is_told(tx, pair, kind):
    mentor, _, match = pair
    for _ in range(10):
        await hear(service, of(kind, tx, match, 1), tx)
    assert await used(tx, mentor) == 0
    assert news(tx) == [PlaceGivenBack]


async def test_a_pause_and_then_an_end_give_back_one_place(tx, recruitment, pair):
    mentor, _, match = pair
    await hear(service, of(MentorshipPaused, tx, match, 1), tx)
    await recruitment.accept(await recruitment.ask(await recruitment.mentee(), mentor))
    await hear(service, of(MentorshipEnded, tx, match, 2), tx)
    assert await used(tx, mentor) == 1, "the place is somebody else's by now"


async def test_the_place_is_offered_to_who_waits(tx, recruitment, pair):
    mentor, _, match = pair
    await recruitment.wait(await recruitment.mentee(), mentor)
    await hear(service, of(MentorshipEnded, tx, match, 1), tx)
    assert news(tx, PlaceOffered) == [PlaceOffered]


async def test_a_paused_mentorship_takes_its_place_again_where_one_is_free(tx, pair):
    mentor, _, match = pair
    await hear(service, of(MentorshipPaused, tx, match, 1), tx)
    for _ in range(3):
        await hear(service, of(PlaceWanted, tx, match, 2), tx)
    assert await used(tx, mentor) == 1
    assert news(tx) == [PlaceGivenBack, PlaceTakenAgain]
    await hear(service, of(MentorshipEnded, tx, match, 3), tx)
    assert await used(tx, mentor) == 0


async def test_where_no_place_is_free_it_is_told_so(tx, recruitment, pair):
    mentor, _, match = pair
    await hear(service, of(MentorshipPaused, tx, match, 1), tx)
    await recruitment.accept(await recruitment.ask(await recruitment.mentee(), mentor))
    await hear(service, of(PlaceWanted, tx, match, 2), tx)
    await hear(service, of(MentorshipEnded, tx, match, 3), tx)
    assert await used(tx, mentor) == 1
    assert news(tx) == [PlaceGivenBack, NoPlaceLeft]


async def test_what_is_told_again_after_the_end_moves_nothing(tx, pair):
    mentor, _, match = pair
    history = [of(MentorshipPaused, tx, match, 1), of(PlaceWanted, tx, match, 2), of(MentorshipEnded, tx, match, 3)]
    for fact in history * 2:
        await hear(service, fact, tx)
    assert await used(tx, mentor) == 0
    assert news(tx) == [PlaceGivenBack, PlaceTakenAgain, PlaceGivenBack]


async def test_a_match_of_which_nothing_is_known_moves_nothing(tx, pair):
    mentor, _, _ = pair
    await hear(service, of(MentorshipEnded, tx, new_id(), 1), tx)
    await hear(service, of(PlaceWanted, tx, new_id(), 1), tx)
    assert await used(tx, mentor) == 1
    assert news(tx) == []


async def test_who_was_matched_asks_again_after_the_end_and_not_before(tx, recruitment, pair):
    _, mentee, match = pair
    another = await recruitment.mentor()
    async with refused(tx, RefusalCode.ALREADY_MATCHED):
        await recruitment.ask(mentee, another)
    await hear(service, of(MentorshipPaused, tx, match, 1), tx)
    async with refused(tx, RefusalCode.ALREADY_MATCHED):
        await recruitment.ask(mentee, another)
    await hear(service, of(MentorshipEnded, tx, match, 2), tx)
    await recruitment.accept(await recruitment.ask(mentee, another))
    assert await used(tx, another) == 1
