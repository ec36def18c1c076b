"""Ranked lists and the matching notice, through the door: stored, told, hers alone; or refused, and nothing happened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, pass_time, play, refused, run
from commons_contracts.codes import Criterion, Initiator, Method, NoticeCode, RefusalCode, Role
from commons_contracts.ids import PLATFORM, PersonId, RoundId
from commons_contracts.matching import (
    AcknowledgeMatchingNotice,
    ListSent,
    MatchingNoticeAcknowledged,
    MenteesPage,
    NoticeWanted,
    OwnPreferences,
    PreferenceCounts,
    PreferencesClosed,
    PreferencesSubmitted,
    RoundsOf,
    SubmitPreferences,
)
from commons_contracts.mentoring import ListRules, MatchRules, Weight
from commons_contracts.profiles import PersonBlocked
from commons_matching.app import service
from commons_matching.tables import preferences

MENTEE, MENTOR = Role.MENTEE, Role.MENTOR
CLOSES = datetime(2026, 9, 23, 22, tzinfo=UTC)
"""Midnight in Stockholm, seven days before the start."""
LISTS = ListRules(due_days=7, reminder_days=(2,), least=1, most=3)


def _speaks(language):
    return {"language": language, "level": "C2"}


SPEAKS = {"languages": (_speaks("sv"),)}


def two_way(**changes):
    criteria = (Weight(criterion=Criterion.FIELD, points=10_000),)
    return MatchRules(method=Method.TWO_WAY, criteria=criteria, lists=LISTS.model_copy(update=changes))


@pytest.fixture
async def ranking(recruitment):
    """A round in which both sides rank each other."""
    await recruitment.open(matching=two_way(), initiator=Initiator.BY_METHOD)
    recruitment.news()
    return recruitment


def ranks(ranking, *ranked, role=MENTEE, **more):
    return SubmitPreferences(round=ranking.round, role=role, ranked=ranked, **more)


async def own(ranking, tx, person):
    await ranking.become(person)
    return [
        (one.role, one.ranked, one.equal) for one in (await run(service, OwnPreferences(round=ranking.round), tx)).items
    ]


async def test_a_list_is_stored_and_told_without_whom_it_names(ranking, tx):
    mentors = [await ranking.mentor() for _ in range(3)]
    mentee = await ranking.mentee()
    ranking.news()

    sent = await run(service, ranks(ranking, *mentors[::-1]), tx)

    (fact,) = ranking.news()
    assert (type(fact), fact.person, fact.role, fact.count) == (PreferencesSubmitted, mentee, MENTEE, 3)
    assert sent == ListSent(round=ranking.round, role=MENTEE, count=3, sent_at=tx.now)
    assert not any(
        str(mentor) in text for mentor in mentors for text in (sent.model_dump_json(), fact.model_dump_json())
    )
    assert await own(ranking, tx, mentee) == [(MENTEE, tuple(mentors[::-1]), ())]


async def test_the_last_list_stands_whole(ranking, tx):
    first, second, third = [await ranking.mentor() for _ in range(3)]
    mentee = await ranking.mentee()
    await run(service, ranks(ranking, first, second), tx)
    await run(service, ranks(ranking, third), tx)

    assert await own(ranking, tx, mentee) == [(MENTEE, (third,), ())]


async def test_a_list_is_its_authors_alone(ranking, tx):
    mentor, mentee = await ranking.mentor(), await ranking.mentee()
    await run(service, ranks(ranking, mentor), tx)

    for roles in ((Role.COORDINATOR,), (MENTOR,)):
        await play(tx, roles=roles)
        assert (await run(service, OwnPreferences(round=ranking.round), tx)).items == ()
        assert await tx.rows(sa.select(preferences)) == []
    await play(tx, roles=(Role.COORDINATOR,))
    counts = await run(service, PreferenceCounts(round=ranking.round), tx)
    assert (counts.mentors, counts.mentors_sent, counts.mentees, counts.mentees_sent) == (1, 0, 1, 1)
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await ranking.become(mentee)
        await run(service, PreferenceCounts(round=ranking.round), tx)


async def test_lists_close_to_the_second(ranking, tx):
    mentor, mentee = await ranking.mentor(), await ranking.mentee()
    tx.now = CLOSES.replace(hour=21, minute=59, second=59)
    await run(service, ranks(ranking, mentor), tx)

    tx.now = CLOSES
    async with refused(tx, RefusalCode.PREFERENCES_CLOSED, zone="Europe/Stockholm", closesAt="2026-09-23T22:00:00Z"):
        await run(service, ranks(ranking, mentor), tx)
    assert await own(ranking, tx, mentee) == [(MENTEE, (mentor,), ())]


async def test_who_has_sent_none_is_reminded_before_they_close(ranking, tx):
    mentor, sent, silent = await ranking.mentor(), await ranking.mentee(), await ranking.mentee()
    await ranking.become(sent)
    await run(service, ranks(ranking, mentor), tx)
    ranking.news()

    await pass_time(service, tx, to=CLOSES)

    *notices, closed = ranking.news()
    assert {(n.person, n.code, n.number) for n in notices} == {
        (who, NoticeCode.LISTS_CLOSE_SOON, 2) for who in (mentor, silent)
    }
    assert {n.at for n in notices} == {datetime(2026, 9, 21, 22, tzinfo=UTC)}
    assert (type(closed), closed.mentors, closed.mentees, closed.at) == (PreferencesClosed, 0, 1, CLOSES)


async def test_many_are_reminded_some_at_a_time_and_each_once(ranking, tx, monkeypatch):
    monkeypatch.setattr("commons_matching.listing.AT_ONCE", 2)
    people = {await ranking.mentee() for _ in range(5)}
    ranking.news()

    await pass_time(service, tx, to=CLOSES)

    told = [fact.person for fact in ranking.news() if isinstance(fact, NoticeWanted)]
    assert (len(told), set(told)) == (5, people)


@pytest.mark.parametrize(
    ("matching", "initiator"), [(None, Initiator.MENTEE), (MatchRules(method=Method.ALGORITHM), Initiator.BY_METHOD)]
)
async def test_nobody_ranks_where_the_method_is_another(recruitment, tx, matching, initiator):
    if matching is not None:
        await recruitment.open(matching=matching, initiator=initiator)
    mentor = await recruitment.mentor()
    await recruitment.mentee()

    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED):
        await run(service, ranks(recruitment, mentor), tx)


async def test_who_does_not_take_part_ranks_nobody(ranking, tx):
    mentor = await ranking.mentor()
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED, round=ranking.round):
        await run(service, ranks(ranking, mentor, role=MENTEE), tx)
    await play(tx, roles=(MENTEE,))
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED, round=ranking.round):
        await run(service, ranks(ranking, mentor), tx)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, SubmitPreferences(round=RoundId(new_id()), role=MENTEE, ranked=(mentor,)), tx)


async def test_a_list_is_as_the_programme_has_it(ranking, tx):
    mentors = [await ranking.mentor() for _ in range(4)]
    mentee = await ranking.mentee()
    length = {"minRanked": 1, "maxRanked": 3}
    for ranked, code, params in (
        ((), RefusalCode.COMMITMENT_OUT_OF_RANGE, length),
        (mentors, RefusalCode.COMMITMENT_OUT_OF_RANGE, length),
        ((mentors[0], mentors[1], mentors[0]), RefusalCode.DUPLICATE_REQUEST, {"twice": 1}),
        ((mentee,), RefusalCode.SELF_REQUEST, {}),
    ):
        async with refused(tx, code, **params):
            await run(service, ranks(ranking, *ranked), tx)
    async with refused(tx, RefusalCode.COMMITMENT_OUT_OF_RANGE, maxEqual=1):
        await run(service, ranks(ranking, *mentors[:2], equal=(mentors[1],)), tx)


async def test_equals_stand_in_one_place_where_the_programme_allows_it(recruitment, tx):
    await recruitment.open(matching=two_way(ties=True), initiator=Initiator.BY_METHOD)
    a, b, c = [await recruitment.mentor() for _ in range(3)]
    mentee = await recruitment.mentee()

    await run(service, ranks(recruitment, a, b, c, equal=(a, c)), tx)

    rows = await tx.rows(sa.select(preferences.c.partner, preferences.c.place))
    assert {row["partner"]: row["place"] for row in rows} == {a: 1, b: 2, c: 2}
    ((_, ranked, equal),) = await own(recruitment, tx, mentee)
    assert (ranked[0], set(ranked[1:]), equal) == (a, {b, c}, (ranked[2],))


async def block(tx, one, other):
    await hear(service, PersonBlocked(project=PLATFORM, at=tx.now, block=new_id(), by=one, person=other), tx)


async def test_whoever_cannot_be_ranked_has_one_answer(ranking, tx):
    fine, away, blocker, blocked = [await ranking.mentor(introduced=n != 1) for n in range(4)]
    mentee, other = await ranking.mentee(), await ranking.mentee()
    await block(tx, blocker, mentee)
    await block(tx, mentee, blocked)
    for absent in (away, blocker, blocked, other, PersonId(new_id())):
        await ranking.become(mentee)
        async with refused(tx, RefusalCode.MENTOR_UNAVAILABLE):
            await run(service, ranks(ranking, fine, absent), tx)
    await ranking.become(blocker)
    for absent in (mentee, fine, PersonId(new_id())):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, ranks(ranking, other, absent, role=MENTOR), tx)


async def test_a_hard_rule_between_two_is_named(ranking, tx):
    fine, other = await ranking.mentor(**SPEAKS), await ranking.mentor(languages=(_speaks("fi"),))
    mentee = await ranking.mentee(**SPEAKS)

    async with refused(tx, RefusalCode.LANGUAGE_MISMATCH, person=other):
        await run(service, ranks(ranking, fine, other), tx)
    await ranking.become(other)
    async with refused(tx, RefusalCode.LANGUAGE_MISMATCH, person=mentee):
        await run(service, ranks(ranking, mentee, role=MENTOR), tx)


async def test_mentors_rank_mentees_whom_they_can_see(ranking, tx):
    mentee, blocker = await ranking.mentee(fields=("0613",)), await ranking.mentee()
    mentor = await ranking.mentor(fields=("0613",))
    await block(tx, blocker, mentor)
    await ranking.become(mentor)

    (card,) = (await run(service, MenteesPage(round=ranking.round), tx)).items
    await run(service, ranks(ranking, mentee, role=MENTOR), tx)

    assert (card.person, card.description.fields) == (mentee, ("0613",))
    assert sum(part.points for part in card.fit.parts) == card.fit.points > 0
    assert await own(ranking, tx, mentor) == [(MENTOR, (mentee,), ())]


async def test_mentees_are_shown_to_mentors_of_the_round_where_mentors_choose(recruitment, ranking, tx):
    await ranking.mentee()
    await play(tx, roles=(MENTOR,))
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED):
        await run(service, MenteesPage(round=ranking.round), tx)
    await recruitment.open()
    await recruitment.mentor()
    async with refused(tx, RefusalCode.INITIATOR_NOT_ALLOWED):
        await run(service, MenteesPage(round=recruitment.round), tx)


async def test_a_round_says_what_its_viewer_can_do(ranking, tx):
    mentor = await ranking.mentor()

    async def seen():
        (view,) = (await run(service, RoundsOf(ids=(ranking.round,)), tx)).items
        return view

    view = await seen()
    assert (view.method, view.lists_close_at, view.lists.most) == (Method.TWO_WAY, CLOSES, 3)
    assert (view.can.ask_mentor, view.can.offer_mentoring, view.can.rank) == (
        *(RefusalCode.INITIATOR_NOT_ALLOWED,) * 2,
        None,
    )
    tx.now = CLOSES
    assert (await seen()).can.rank is RefusalCode.PREFERENCES_CLOSED
    await play(tx, roles=(MENTEE,))
    assert (await seen()).can.rank is RefusalCode.ENROLMENT_REQUIRED
    assert mentor


# ---------------------------------------------------------------- the matching notice
@pytest.fixture
async def noticed(recruitment):
    """A round of mentees who ask, in which everyone confirms how matching works."""
    matching = MatchRules(method=Method.ONE_WAY_MENTEE, notice_acknowledged=True)
    await recruitment.open(matching=matching, initiator=Initiator.BY_METHOD)
    return recruitment


async def confirm(noticed, tx, person, version=1):
    await noticed.become(person)
    return await run(service, AcknowledgeMatchingNotice(round=noticed.round, version=version), tx)


async def test_nobody_asks_before_she_has_confirmed_how_matching_works(noticed, tx):
    mentor, mentee = await noticed.mentor(), await noticed.mentee()
    async with refused(tx, RefusalCode.NOTICE_NOT_ACKNOWLEDGED, round=noticed.round, version=1):
        await noticed.ask(mentee, mentor)
    async with refused(tx, RefusalCode.NOTICE_NOT_ACKNOWLEDGED):
        await noticed.wait(mentee, mentor)
    noticed.news()

    view = await confirm(noticed, tx, mentee)
    again = await confirm(noticed, tx, mentee)

    (fact,) = noticed.news()
    assert (type(fact), fact.person, fact.version) == (MatchingNoticeAcknowledged, mentee, 1)
    assert view == again
    assert (await noticed.ask(mentee, mentor)).may_withdraw


async def test_the_version_in_force_is_the_one_that_is_confirmed(noticed, tx):
    mentee = await noticed.mentee()
    async with refused(tx, RefusalCode.NOTICE_NOT_ACKNOWLEDGED, round=noticed.round, version=1):
        await confirm(noticed, tx, mentee, version=2)
    await confirm(noticed, tx, mentee)
    matching = MatchRules(method=Method.ONE_WAY_MENTEE, notice_acknowledged=True)
    await noticed.open(matching=matching, initiator=Initiator.BY_METHOD, version=2)
    mentor = await noticed.mentor()
    await noticed.join(MENTEE, person=mentee)
    async with refused(tx, RefusalCode.NOTICE_NOT_ACKNOWLEDGED, round=noticed.round, version=2):
        await noticed.ask(mentee, mentor)


async def test_who_does_not_take_part_confirms_nothing(noticed, tx):
    await play(tx, roles=(MENTEE,))
    async with refused(tx, RefusalCode.ENROLMENT_REQUIRED):
        await run(service, AcknowledgeMatchingNotice(round=noticed.round, version=1), tx)


async def test_a_list_needs_the_notice_too_and_the_round_says_so(recruitment, tx):
    await recruitment.open(
        matching=two_way().model_copy(update={"notice_acknowledged": True}), initiator=Initiator.BY_METHOD
    )
    mentor, mentee = await recruitment.mentor(), await recruitment.mentee()
    async with refused(tx, RefusalCode.NOTICE_NOT_ACKNOWLEDGED):
        await run(service, ranks(recruitment, mentor), tx)
    (view,) = (await run(service, RoundsOf(ids=(recruitment.round,)), tx)).items
    assert (view.notice_acknowledged, view.can.rank) == (False, RefusalCode.NOTICE_NOT_ACKNOWLEDGED)

    await confirm(recruitment, tx, mentee)

    (view,) = (await run(service, RoundsOf(ids=(recruitment.round,)), tx)).items
    assert (view.notice_acknowledged, view.can.rank) == (True, None)
