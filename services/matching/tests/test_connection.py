"""Asking a mentor and being answered: stored, told, and seen by the two alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import (
    ConnectionState,
    DeclineReason,
    Initiator,
    NoticeCode,
    PauseCause,
    RefusalCode,
    Role,
    Style,
)
from commons_contracts.ids import PLATFORM, ConnectionId, MatchId, PersonId, ProjectId, RoundId
from commons_contracts.matching import (
    AcceptConnection,
    ConnectionAccepted,
    ConnectionDeclined,
    ConnectionRequested,
    ConnectionsByIds,
    ConnectionsPage,
    ConnectionsSince,
    ConnectionWithdrawn,
    DeclineConnection,
    MatchConfirmed,
    MatchesByIds,
    NoticeWanted,
    OwnPlaces,
    RequestConnection,
    WithdrawConnection,
)
from commons_contracts.profiles import IntroductionWithdrawn, MentoringPaused, PersonBlocked
from commons_matching.app import service
from commons_matching.tables import connections, matches


def kinds(facts):
    return [fact.code if isinstance(fact, NoticeWanted) else type(fact) for fact in facts]


async def states(tx, *ids):
    c = connections.c
    found = {row["id"]: row["state"] for row in await tx.rows(sa.select(c.id, c.state).where(c.id.in_(ids)))}
    return [found[id] for id in ids]


@pytest.fixture
async def pair(recruitment):
    """A mentor with one place, and a mentee."""
    return await recruitment.mentor(), await recruitment.mentee()


async def test_a_request_is_stored_and_the_mentor_told(recruitment, tx, pair):
    mentor, mentee = pair
    recruitment.news()

    view = await recruitment.ask(mentee, mentor)

    assert (view.mentor, view.mentee, view.state) == (mentor, mentee, ConnectionState.ASKED)
    assert (view.message, view.may_answer, view.may_withdraw) == ("May I ask you?", False, True)
    assert view.expires_at == tx.now + timedelta(days=14)
    told, notice = recruitment.news()
    assert (type(told), told.expires_at, told.style) == (ConnectionRequested, view.expires_at, Style.TRADITIONAL)
    assert (notice.code, notice.person, notice.subject_id) == (NoticeCode.CONNECTION_REQUESTED, mentor, view.id)
    assert "ask" not in told.model_dump_json()
    assert (await run(service, ConnectionsByIds(ids=(view.id,)), tx)).items == (view,)


async def test_a_request_holds_no_place(recruitment, tx, pair):
    mentor, mentee = pair
    for other in (mentee, await recruitment.mentee(), await recruitment.mentee()):
        await recruitment.ask(other, mentor)
    await recruitment.become(mentor)

    places = {p.style: p for p in (await run(service, OwnPlaces(round=recruitment.round), tx)).items}

    assert (places[Style.TRADITIONAL].used, places[Style.TRADITIONAL].held) == (0, 0)


async def test_nobody_asks_herself(recruitment, tx, pair):
    async with refused(tx, RefusalCode.SELF_REQUEST):
        await recruitment.ask(pair[1], pair[1])


async def test_the_same_pair_has_one_open_request(recruitment, tx, pair):
    mentor, mentee = pair
    first = await recruitment.ask(mentee, mentor)
    async with refused(tx, RefusalCode.DUPLICATE_REQUEST):
        await recruitment.ask(mentee, mentor)
    await run(service, WithdrawConnection(connection=first.id), tx)
    assert (await recruitment.ask(mentee, mentor)).id != first.id


async def test_a_fourth_open_request_is_one_too_many(recruitment, tx):
    mentee = await recruitment.mentee()
    for _ in range(3):
        await recruitment.ask(mentee, await recruitment.mentor())
    fourth = await recruitment.mentor()
    async with refused(tx, RefusalCode.OPEN_REQUEST_LIMIT, max=3):
        await recruitment.ask(mentee, fourth)


async def test_who_is_matched_asks_no_more(recruitment, tx, pair):
    mentor, mentee = pair
    await recruitment.accept(await recruitment.ask(mentee, mentor))
    other = await recruitment.mentor()
    async with refused(tx, RefusalCode.ALREADY_MATCHED):
        await recruitment.ask(mentee, other)


async def test_a_mentor_does_not_ask(recruitment, tx, pair):
    other = await recruitment.mentor()
    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED, initiator=Initiator.MENTEE):
        await recruitment.ask(pair[0], other)


async def test_outside_the_window_nobody_asks(recruitment, tx, pair):
    tx.now = datetime(2026, 9, 30, 22, tzinfo=UTC)
    async with refused(tx, RefusalCode.RECRUITMENT_CLOSED, closesAt="2026-09-30T22:00:00Z"):
        await recruitment.ask(pair[1], pair[0])


async def test_who_has_not_registered_does_not_ask(recruitment, tx, pair):
    stranger = await play(tx, roles=(Role.MENTEE,))
    recruitment.roles[stranger] = Role.MENTEE
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED, round=recruitment.round):
        await recruitment.ask(stranger, pair[0])


async def test_away_full_unknown_or_blocked_all_get_one_answer(recruitment, tx, pair):
    mentor, mentee = pair
    block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": mentor, "person": mentee}
    await hear(service, PersonBlocked(**block), tx)
    paused = await recruitment.mentor()
    await recruitment.of_member(MentoringPaused, paused, cause=PauseCause.OWN_WISH)
    hidden, full = await recruitment.mentor(), await recruitment.full_mentor()
    await recruitment.of_member(IntroductionWithdrawn, hidden)
    for whom in (mentor, paused, hidden, full, PersonId(new_id()), await recruitment.mentee()):
        async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
            await recruitment.ask(mentee, whom)
    other_style = await recruitment.mentor(flash=0)
    async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
        await recruitment.ask(mentee, other_style, style=Style.FLASH)


async def test_where_safety_is_unsure_nobody_asks(recruitment, tx, pair):
    mentor, mentee = pair
    await play(tx, person=mentor, roles=(Role.MENTOR,), adult=False)
    async with refused(tx, RefusalCode.SAFEGUARDING_UNKNOWN):
        await recruitment.ask(mentee, mentor)


async def test_a_round_of_nowhere_is_not_found(recruitment, tx, pair):
    await recruitment.become(pair[1])
    async with refused(tx, RefusalCode.NOT_FOUND):
        nowhere = RoundId(new_id())
        await run(service, RequestConnection(round=nowhere, mentor=pair[0], style=Style.FLASH), tx)


async def test_accepting_confirms_one_match(recruitment, tx, pair):
    mentor, mentee = pair
    asked = await recruitment.ask(mentee, mentor)
    recruitment.news()

    view = await recruitment.accept(asked)

    assert (view.state, view.may_answer) == (ConnectionState.ACCEPTED, False)
    accepted, confirmed, notice = recruitment.news()
    assert [type(accepted), type(confirmed)] == [ConnectionAccepted, MatchConfirmed]
    assert view.match == accepted.match == confirmed.match
    assert (confirmed.mentor, confirmed.mentee, confirmed.connection) == (mentor, mentee, asked.id)
    assert (notice.code, notice.person) == (NoticeCode.CONNECTION_ACCEPTED, mentee)
    (match,) = (await run(service, MatchesByIds(ids=(view.match, MatchId(new_id()))), tx)).items
    assert (match.id, match.mentor, match.mentee, match.confirmed_at) == (view.match, mentor, mentee, tx.now)
    places = {p.style: p for p in (await run(service, OwnPlaces(round=recruitment.round), tx)).items}
    assert (places[Style.TRADITIONAL].used, places[Style.TRADITIONAL].free) == (1, 0)


async def test_a_match_withdraws_her_other_requests(recruitment, tx, pair):
    mentor, mentee = pair
    chosen = await recruitment.ask(mentee, mentor)
    others = [await recruitment.ask(mentee, await recruitment.mentor()) for _ in range(2)]
    hers = await recruitment.ask(await recruitment.mentee(), mentor)
    recruitment.news()

    await recruitment.accept(chosen)

    elsewhere = ConnectionState.WITHDRAWN_MATCHED_ELSEWHERE
    assert await states(tx, *(o.id for o in others), hers.id) == [elsewhere, elsewhere, ConnectionState.ASKED]
    withdrawn = [fact for fact in recruitment.news() if isinstance(fact, ConnectionWithdrawn)]
    assert {(fact.connection, fact.matched_elsewhere) for fact in withdrawn} == {(o.id, True) for o in others}
    due = tx.metadata.tables["due"]
    left = await tx.rows(sa.select(due.c.key).where(due.c.key.startswith("connection:")))
    assert {row["key"].split(":")[1] for row in left} == {str(hers.id)}


async def test_a_full_mentor_accepts_no_more(recruitment, tx, pair):
    first, second = [await recruitment.ask(await recruitment.mentee(), pair[0]) for _ in range(2)]
    await recruitment.accept(first)
    async with refused(tx, RefusalCode.MENTOR_AT_CAPACITY):
        await recruitment.accept(second)


async def test_places_of_one_style_are_not_those_of_another(recruitment, tx):
    mentor = await recruitment.mentor(places=1, flash=1)
    first = await recruitment.ask(await recruitment.mentee(), mentor)
    second = await recruitment.ask(await recruitment.mentee(), mentor, style=Style.FLASH)
    await recruitment.accept(first)
    assert (await recruitment.accept(second)).state is ConnectionState.ACCEPTED


async def test_the_same_key_gives_the_same_match(recruitment, tx, pair):
    asked = await recruitment.ask(pair[1], pair[0])
    await recruitment.become(pair[0])
    first = await run(service, AcceptConnection(connection=asked.id), tx, key="tap")
    again = await run(service, AcceptConnection(connection=asked.id), tx, key="tap")

    assert again == first
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "ACCEPTED", "to": "ACCEPTED"}):
        await run(service, AcceptConnection(connection=asked.id), tx, key="another tap")


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: AcceptConnection(connection=asked),
        lambda asked: DeclineConnection(connection=asked, reason=DeclineReason.OTHER),
    ],
)
async def test_nobody_else_answers_and_another_project_sees_what_a_random_id_sees(recruitment, tx, pair, answer):
    asked = await recruitment.ask(pair[1], pair[0])
    async with refused(tx, RefusalCode.NOT_REQUEST_RECIPIENT):
        await run(service, answer(asked.id), tx)
    await recruitment.become(await recruitment.mentor())
    async with refused(tx, RefusalCode.NOT_REQUEST_RECIPIENT):
        await run(service, answer(asked.id), tx)
    await play(tx, project=new_id())
    for id in (asked.id, ConnectionId(new_id())):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, answer(id), tx)


async def test_a_block_since_the_request_looks_like_its_withdrawal(recruitment, tx, pair):
    mentor, mentee = pair
    asked = await recruitment.ask(mentee, mentor)
    block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": mentee, "person": mentor}
    await hear(service, PersonBlocked(**block), tx)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, **{"from": "WITHDRAWN", "to": "ACCEPTED"}):
        await recruitment.accept(asked)


async def test_where_safety_became_unsure_nobody_accepts(recruitment, tx, pair):
    asked = await recruitment.ask(pair[1], pair[0])
    await play(tx, person=pair[1], roles=(Role.MENTEE,), adult=False)
    async with refused(tx, RefusalCode.SAFEGUARDING_UNKNOWN):
        await recruitment.accept(asked)


async def test_declining_tells_the_reason_and_shows_the_words_to_the_mentee_alone(recruitment, tx, pair):
    mentor, mentee = pair
    asked = await recruitment.ask(mentee, mentor)
    recruitment.news()
    await recruitment.become(mentor)

    decline = DeclineConnection(connection=asked.id, reason=DeclineReason.NO_TIME, note="Try me in May.")
    view = await run(service, decline, tx)

    assert (view.state, view.decline_reason, view.decline_note) == (
        ConnectionState.DECLINED, DeclineReason.NO_TIME, "",
    )  # fmt: skip
    told, notice = recruitment.news()
    assert (type(told), told.reason) == (ConnectionDeclined, DeclineReason.NO_TIME)
    assert (notice.code, notice.person) == (NoticeCode.CONNECTION_DECLINED, mentee)
    await recruitment.become(mentee)
    (hers,) = (await run(service, ConnectionsByIds(ids=(asked.id,)), tx)).items
    assert hers.decline_note == "Try me in May."


async def test_the_mentee_may_take_her_request_back(recruitment, tx, pair):
    asked = await recruitment.ask(pair[1], pair[0])
    recruitment.news()

    view = await run(service, WithdrawConnection(connection=asked.id), tx)

    assert view.state is ConnectionState.WITHDRAWN
    (told,) = recruitment.news()
    assert (type(told), told.matched_elsewhere) == (ConnectionWithdrawn, False)
    await recruitment.become(pair[0])
    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED):
        await run(service, WithdrawConnection(connection=asked.id), tx)


async def test_each_sees_her_own_requests_newest_first(recruitment, tx, pair):
    mentor, mentee = pair
    first = await recruitment.ask(mentee, mentor)
    second = await recruitment.ask(mentee, await recruitment.mentor())
    await recruitment.ask(await recruitment.mentee(), await recruitment.mentor())
    await recruitment.become(mentee)
    await run(service, WithdrawConnection(connection=first.id), tx)

    page = await run(service, ConnectionsPage(first=1), tx)
    rest = await run(service, ConnectionsPage(first=1, after=page.cursors[0]), tx)

    assert [page.items[0].id, rest.items[0].id, page.total, rest.more] == [second.id, first.id, 2, False]
    open_ones = await run(service, ConnectionsPage(states=(ConnectionState.ASKED,)), tx)
    assert [view.id for view in open_ones.items] == [second.id]
    await recruitment.become(mentor)
    (seen,) = (await run(service, ConnectionsPage(), tx)).items
    assert (seen.id, seen.message, seen.may_answer) == (first.id, "May I ask you?", False)


async def test_nobody_sees_what_is_between_two_others(recruitment, tx, pair):
    accepted = await recruitment.accept(await recruitment.ask(pair[1], pair[0]))
    for project in (tx.project, ProjectId(new_id())):
        await play(tx, project=project)
        assert (await run(service, ConnectionsByIds(ids=(accepted.id,)), tx)).items == ()
        assert (await run(service, MatchesByIds(ids=(accepted.match,)), tx)).items == ()
        assert (await run(service, ConnectionsPage(), tx)).items == ()


async def test_news_begin_now_and_tell_every_change_since(recruitment, tx, pair):
    mentor, mentee = pair
    await recruitment.become(mentor)
    start = await run(service, ConnectionsSince(), tx)
    assert start.items == ()
    asked = await recruitment.ask(mentee, mentor)
    await recruitment.become(mentor)

    news = await run(service, ConnectionsSince(cursor=start.cursor), tx)

    assert [(view.id, view.may_answer) for view in news.items] == [(asked.id, True)]
    await recruitment.become(await recruitment.mentee())
    assert (await run(service, ConnectionsSince(cursor=start.cursor), tx)).items == ()


async def test_a_mentee_has_one_match_in_a_round(recruitment, tx, pair):
    match = (await recruitment.accept(await recruitment.ask(pair[1], pair[0]))).match
    row = dict(await tx.row(sa.select(matches).where(matches.c.id == match)))
    with pytest.raises(sa.exc.IntegrityError, match="uq_matches_mentor_of"):
        await tx.run(sa.insert(matches).values(row | {"id": new_id(), "mentor": new_id()}))
