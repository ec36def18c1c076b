"""Notices: made from what matching and mentoring want told, shown to her alone, read."""

from datetime import timedelta

import pytest

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import hear, run, told
from commons_contracts import matching, mentoring
from commons_contracts.codes import NoticeCode
from commons_contracts.profiles import NoticesPage, NoticesSince, NoticeView, ReadNotices
from commons_profiles.app import service
from commons_profiles.tables import notices


@pytest.fixture
def want_told(tx, westem):
    async def wanted(person, owner=matching, code=NoticeCode.CONNECTION_REQUESTED, minutes=0, **more):
        at = tx.now + timedelta(minutes=minutes)
        await hear(service, owner.NoticeWanted(project=westem, at=at, person=person, code=code, **more), tx)

    return wanted


async def test_what_either_service_wants_told_is_shown_newest_first(tx, join, want_told):
    ada, match, request = await join(), new_id(), new_id()
    await want_told(ada, mentoring, NoticeCode.MENTORSHIP_OPENED, minutes=5, subject_id=match)
    await want_told(ada, matching, NoticeCode.CONNECTION_REMINDER, subject_id=request, number=2)

    page = await run(service, NoticesPage(), tx)

    assert (page.total, page.more) == (2, False)
    first, second = page.items
    assert first == NoticeView(
        id=first.id,
        code=NoticeCode.MENTORSHIP_OPENED,
        subject_id=match,
        number=None,
        at=tx.now + timedelta(minutes=5),
        read=False,
    )
    assert (second.code, second.subject_id, second.number) == (NoticeCode.CONNECTION_REMINDER, request, 2)


async def test_told_twice_is_told_once(tx, join, westem):
    ada = await join()
    wanted = matching.NoticeWanted(project=westem, at=tx.now, person=ada, code=NoticeCode.CONNECTION_ACCEPTED)
    tx.cause = new_id()

    for _ in range(10):
        await doors.react(wanted, tx, service)

    assert (await run(service, NoticesPage(), tx)).total == 1


async def test_reading_marks_what_she_names_and_passes_over_what_is_not_there(tx, join, want_told):
    ada = await join()
    await want_told(ada)
    await want_told(ada, minutes=1)
    newest, oldest = (n.id for n in (await run(service, NoticesPage(), tx)).items)
    before = len(told(tx))

    await run(service, ReadNotices(ids=(oldest, new_id())), tx)

    assert [n.id for n in (await run(service, NoticesPage(unread=True), tx)).items] == [newest]
    assert [n.read for n in (await run(service, NoticesPage(), tx)).items] == [False, True]
    assert len(told(tx)) == before


async def test_a_notice_is_read_when_it_was_first_read(tx, join, want_told):
    ada = await join()
    await want_told(ada)
    (notice,) = (await run(service, NoticesPage(), tx)).items
    await run(service, ReadNotices(ids=(notice.id,)), tx)
    first = tx.now

    tx.now += timedelta(days=1)
    await run(service, ReadNotices(ids=(notice.id,)), tx)

    assert await tx.value(notices.select().with_only_columns(notices.c.read_at)) == first


async def test_nobody_sees_or_marks_anothers_notice(tx, join, want_told, act):
    eve = await join(name="Eve")
    await want_told(eve)
    (notice,) = (await run(service, NoticesPage(), tx)).items
    await join()

    assert (await run(service, NoticesPage(), tx)).total == 0
    assert await tx.rows(notices.select()) == []
    await run(service, ReadNotices(ids=(notice.id,)), tx)

    await act(eve)
    assert [n.read for n in (await run(service, NoticesPage(), tx)).items] == [False]


async def test_what_came_since_a_cursor_is_told_once_in_the_order_it_was_kept(tx, join, want_told, act):
    ada = await join()
    await want_told(ada, code=NoticeCode.CONNECTION_EXPIRED)
    start = await run(service, NoticesSince(), tx)
    assert start.items == ()
    codes = [NoticeCode.OFFER_EXPIRED, NoticeCode.PLACE_OFFERED, NoticeCode.FLASH_TAKEN]
    for minutes, code in zip((9, 1, 5), codes, strict=True):  # kept in another order than things happened
        await want_told(ada, code=code, minutes=minutes)

    first = await run(service, NoticesSince(cursor=start.cursor, first=2), tx)
    rest = await run(service, NoticesSince(cursor=first.cursor, first=2), tx)
    none = await run(service, NoticesSince(cursor=rest.cursor), tx)

    assert [n.code for n in (*first.items, *rest.items)] == codes
    assert (first.more, rest.more, none.items, none.cursor) == (True, False, (), rest.cursor)
    await join(name="Eve")
    assert (await run(service, NoticesSince(cursor="0"), tx)).items == ()
