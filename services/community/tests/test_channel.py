"""The pair's channel: opened once by a match if that is safe, seen by its two members."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run, told
from commons_community.app import service
from commons_community.rules.channel import channel_of
from commons_community.tables import channels, waiting_matches
from commons_contracts.base import Actor
from commons_contracts.codes import RefusalCode, Role, Style
from commons_contracts.community import ChannelOpened, ChannelsByIds, ChannelsByMatch, ChannelsPage
from commons_contracts.ids import (
    PLATFORM,
    MatchId,
    PersonId,
    ProgrammeId,
    RoundId,
    derived,
    membership_of,
    project_of,
)
from commons_contracts.matching import MatchConfirmed
from commons_contracts.profiles import MembershipBegan, PersonBlocked


def someone():
    return PersonId(new_id())


def a_match(tx, mentor, mentee, *, at=NOON):
    return MatchConfirmed(
        project=tx.project,
        at=at,
        match=MatchId(new_id()),
        round=RoundId(UUID(int=1)),
        programme=ProgrammeId(UUID(int=2)),
        programme_version=1,
        connection=None,
        mentor=mentor,
        mentee=mentee,
        style=Style.TRADITIONAL,
    )


async def joins(tx, person, *, adult=True):
    joined = MembershipBegan(
        project=tx.project,
        at=NOON + timedelta(minutes=1),
        membership=membership_of(person, tx.project),
        person=person,
        roles=(Role.MENTEE,),
        adult=adult,
    )
    await hear(service, joined, tx)


async def a_pair(tx, *, adult=True):
    mentor = await play(tx, person=someone(), roles=(Role.MENTOR,))
    mentee = await play(tx, person=someone(), roles=(Role.MENTEE,), adult=adult)
    return mentor, mentee


async def count(tx, table):
    return await tx.value(sa.select(sa.func.count()).select_from(table))


async def own(tx):
    return (await run(service, ChannelsPage(), tx)).items


async def test_a_match_opens_the_pairs_channel(tx):
    mentor, mentee = await a_pair(tx)
    match = a_match(tx, mentor, mentee)

    await hear(service, match, tx)

    channel = channel_of(match.match)
    assert told(tx) == [
        ChannelOpened(project=tx.project, at=NOON, channel=channel, match=match.match, mentor=mentor, mentee=mentee)
    ]
    [seen] = await own(tx)
    assert (seen.id, seen.match, seen.members, seen.opened_at) == (channel, match.match, (mentor, mentee), NOON)
    await play(tx, person=mentor, roles=(Role.MENTOR,))
    assert await own(tx) == (seen,)


async def test_a_match_told_ten_times_opens_one_channel(tx):
    match = a_match(tx, *await a_pair(tx))

    for _ in range(10):
        await hear(service, match, tx)

    assert await count(tx, channels) == 1
    assert len(told(tx)) == 1


@pytest.mark.parametrize("by_mentor", [True, False])
async def test_between_the_blocked_nothing_is_opened_and_nothing_told(tx, by_mentor):
    mentor, mentee = await a_pair(tx)
    by, person = (mentor, mentee) if by_mentor else (mentee, mentor)
    await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=by, person=person), tx)

    await hear(service, a_match(tx, mentor, mentee), tx)

    assert (await count(tx, channels), await count(tx, waiting_matches), told(tx)) == (0, 0, [])


async def test_with_a_minor_nothing_is_opened_and_nothing_told(tx):
    mentor, mentee = await a_pair(tx, adult=False)

    await hear(service, a_match(tx, mentor, mentee), tx)
    await joins(tx, mentee, adult=False)

    assert (await count(tx, channels), told(tx)) == (0, [])


async def test_of_whom_nothing_is_known_the_channel_waits_until_it_is(tx):
    mentor, mentee = someone(), someone()
    match = a_match(tx, mentor, mentee)
    await hear(service, match, tx)
    await hear(service, match, tx)
    await joins(tx, mentor)
    assert (await count(tx, channels), await count(tx, waiting_matches), told(tx)) == (0, 1, [])

    await joins(tx, mentee)

    assert (await count(tx, channels), await count(tx, waiting_matches)) == (1, 0)
    assert [(event.channel, event.at) for event in told(tx)] == [(channel_of(match.match), NOON)]
    await hear(service, match, tx)
    await joins(tx, mentee)
    assert (await count(tx, channels), len(told(tx))) == (1, 1)


async def test_a_channel_waiting_for_her_does_not_open_once_she_is_blocked(tx):
    mentor, mentee = await play(tx, person=someone(), roles=(Role.MENTOR,)), someone()
    await hear(service, a_match(tx, mentor, mentee), tx)
    await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=mentor, person=mentee), tx)

    await joins(tx, mentee)

    assert (await count(tx, channels), await count(tx, waiting_matches), told(tx)) == (0, 0, [])


async def test_membership_of_another_project_does_not_help(tx):
    here = tx.project
    mentor, mentee = await a_pair(tx)
    await play(tx, project=project_of("elsewhere"))

    await hear(service, a_match(tx, mentor, mentee), tx)

    assert (await count(tx, channels), told(tx)) == (0, [])
    await play(tx, project=here)
    assert await count(tx, channels) == 0


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_else_sees_a_channel_whatever_her_role(tx, role):
    match = a_match(tx, *await a_pair(tx))
    await hear(service, match, tx)

    await play(tx, person=someone(), roles=(role,))

    assert await own(tx) == ()
    by_ids = ChannelsByIds(ids=(channel_of(match.match), derived("no channel")))
    assert (await run(service, by_ids, tx)).items == ()
    assert (await run(service, ChannelsByMatch(matches=(match.match,)), tx)).items == ()


async def test_a_member_finds_hers_by_id_and_by_match(tx):
    mentor, mentee = await a_pair(tx)
    mine, other = a_match(tx, mentor, mentee), a_match(tx, mentor, (await a_pair(tx))[1])
    for match in (mine, other):
        await hear(service, match, tx)
    await play(tx, person=mentee, roles=(Role.MENTEE,))

    both = (mine.match, other.match)
    [by_id] = (await run(service, ChannelsByIds(ids=tuple(channel_of(match) for match in both)), tx)).items
    [by_match] = (await run(service, ChannelsByMatch(matches=both), tx)).items

    assert by_id == by_match
    assert by_id.match == mine.match


async def test_from_another_project_her_own_channel_is_not_there(tx):
    mentor, mentee = await a_pair(tx)
    match = a_match(tx, mentor, mentee)
    await hear(service, match, tx)

    await play(tx, person=mentee, roles=(Role.MENTEE,), project=project_of("elsewhere"))

    assert await own(tx) == ()
    assert (await run(service, ChannelsByMatch(matches=(match.match,)), tx)).items == ()


async def test_the_list_is_walked_newest_first(tx):
    mentor = await play(tx, person=someone(), roles=(Role.MENTOR,))
    matches = []
    for hour in range(5):
        mentee = await play(tx, person=someone(), roles=(Role.MENTEE,))
        matches.append(a_match(tx, mentor, mentee, at=NOON + timedelta(hours=hour)))
        await hear(service, matches[-1], tx)
    await play(tx, person=mentor, roles=(Role.MENTOR,))

    first = await run(service, ChannelsPage(first=3), tx)
    rest = await run(service, ChannelsPage(first=3, after=first.cursors[-1]), tx)

    assert [item.match for item in (*first.items, *rest.items)] == [match.match for match in reversed(matches)]
    assert (first.more, rest.more, first.total) == (True, False, 5)


async def test_a_stranger_is_refused(tx):
    tx.actor = Actor(person=someone(), project=tx.project)

    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await own(tx)
