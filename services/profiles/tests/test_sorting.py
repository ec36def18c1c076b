"""Whether and when a letter leaves: once, when she wants it, and not at all once she is not there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import NOON
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import AccountState, DigestRhythm, NoticeCategory, NoticeCode, NoticeWay, RefusalCode
from commons_contracts.matching import NoticeWanted
from commons_contracts.profiles import (
    CategoryWay,
    NoticePreferences,
    SetNoticePreferences,
    StopLink,
    StopNotices,
)
from commons_profiles.app import service
from commons_profiles.post import contents, sorting
from commons_profiles.post.letter import digest_of
from commons_profiles.tables import addresses, letters, memberships, notices, people, stop_links

NIGHT = datetime(2026, 9, 10, 20, 0, tzinfo=UTC)  # ten in the evening in Stockholm
MORNING = datetime(2026, 9, 11, 6, 0, tzinfo=UTC)
REQUESTS, REMINDERS = NoticeCategory.REQUESTS, NoticeCategory.REMINDERS
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def wanted(actor, code=NoticeCode.CONNECTION_ACCEPTED, at=NOON):
    return NoticeWanted(project=actor.project, at=at, person=actor.person, code=code, subject_id=new_id())


def wants(way, *categories, **more):
    return SetNoticePreferences(ways=tuple(CategoryWay(category=it, way=way) for it in categories), **more)


async def waiting(office):
    async with office.opened() as tx:
        return await tx.rows(sa.select(letters).order_by(letters.c.leaves_at))


def token_in(message):
    return message["List-Unsubscribe"].rpartition("token=")[2].rstrip(">")


# ---------------------------------------------------------------- once
async def test_a_fact_told_ten_times_is_one_letter(office, sent, reader):
    ada, cause = await reader(), new_id()
    for _ in range(5):
        async with office.opened(ada.project, cause) as tx:
            await doors.react(wanted(ada), tx, service)
        await office.deliver(NOON)
    assert len(sent.got) == 1


async def test_killed_between_writing_and_marking_it_writes_one_letter(office, sent, reader, monkeypatch):
    ada = await reader()
    await office.hear(wanted(ada))

    async def dies(*_):
        raise RuntimeError

    with monkeypatch.context() as kill:
        kill.setattr(sorting, "_mark", dies)
        with pytest.raises(RuntimeError):
            await office.sort()
    assert await waiting(office) == []
    await office.deliver(NOON)
    assert len(sent.got) == 1


async def test_killed_between_sending_and_forgetting_it_sends_the_same_letter(office, sent, reader, monkeypatch):
    ada = await reader()
    await office.hear(wanted(ada))

    async def dies(*_):
        raise RuntimeError

    with monkeypatch.context() as kill:
        kill.setattr(office, "_run", dies)
        with pytest.raises(RuntimeError):
            await office.deliver(NOON)
    await office.deliver(NOON)
    first, second = sent.got
    assert (first["Message-ID"], first["List-Unsubscribe"]) == (second["Message-ID"], second["List-Unsubscribe"])
    assert await waiting(office) == []


async def test_a_rush_is_written_by_the_hundred(office, reader):
    """So many statements, however many notices: no letter has one of its own."""
    ada, many = await reader(), 1_500
    rows = [
        {"id": new_id(), "project": ada.project, "person": ada.person, "code": NoticeCode.CONNECTION_ACCEPTED, "at": NOON}
        for _ in range(many)
    ]  # fmt: skip
    async with office.opened() as tx:
        await tx.run(sa.insert(notices), rows)
    office.it_is(NOON)
    asked = []
    engine = office._runtime.app.sync_engine
    sa.event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    while await office.sort():
        pass
    assert len(await waiting(office)) == many
    assert len(asked) < 40


# ---------------------------------------------------------------- when
async def test_nothing_leaves_in_her_quiet_hours_and_then_it_does(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada, at=NIGHT))
    for at in (NIGHT, MORNING - SECOND):
        await office.deliver(at)
        assert sent.got == []
    await office.deliver(MORNING)
    assert len(sent.got) == 1


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
    ],
)
async def test_eight_is_eight_when_summer_time_changes(office, sent, reader, evening, morning):
    ada = await reader()
    await office.hear(wanted(ada, at=evening))
    await office.deliver(morning - SECOND)
    assert sent.got == []
    await office.deliver(morning)
    assert len(sent.got) == 1


async def test_what_could_not_leave_in_time_waits_for_the_morning(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada))
    sent.says = "451 later"
    await office.deliver(NOON)
    sent.says = "250 OK"
    await office.deliver(NIGHT)
    assert sent.got == []
    await office.deliver(MORNING)
    assert len(sent.got) == 1


async def test_a_digest_tells_everything_of_a_day_at_her_hour(office, sent, reader):
    ada = await reader()
    await office.ask(wants(NoticeWay.DIGEST, REQUESTS, REMINDERS, digest_hour=17), ada)
    codes = (NoticeCode.CONNECTION_ACCEPTED, NoticeCode.CONNECTION_REMINDER, NoticeCode.PLACE_OFFERED)
    for minutes, code in enumerate(codes):
        await office.hear(wanted(ada, code, at=NOON + minutes * MINUTE))
        await office.deliver(NOON + minutes * MINUTE)
    await office.hear(wanted(ada, at=NOON + DAY))
    await office.deliver(NOON + 5 * timedelta(hours=1) - SECOND)
    assert sent.got == []

    await office.deliver(NOON + 5 * timedelta(hours=1))
    (first,) = sent.got
    assert first["Subject"] == "What is new in WESTEM"
    body = first.get_body("plain").get_content()
    assert [body.count(said) for said in ("was accepted", "still waiting", "held for you")] == [1, 1, 1]
    await office.deliver(NOON + DAY + 5 * timedelta(hours=1))
    assert len({message["Message-ID"] for message in sent.got}) == 2


async def test_a_digest_that_has_left_takes_nothing_more(office, sent, reader):
    ada = await reader()
    await office.ask(wants(NoticeWay.DIGEST, REQUESTS, rhythm=DigestRhythm.WEEKLY, digest_weekday=5), ada)
    await office.hear(wanted(ada, at=NOON))
    await office.deliver(NOON)
    friday = datetime(2026, 9, 11, 6, tzinfo=UTC)
    await office.deliver(friday)
    await office.hear(wanted(ada, at=NOON + MINUTE))
    await office.deliver(friday + MINUTE)
    assert len(sent.got) == 1
    await office.deliver(friday + 7 * DAY)
    assert len({message["Message-ID"] for message in sent.got}) == 2


async def test_a_digest_that_was_taken_takes_nothing_more(office, sent, reader):
    """Not even while the mail server is away: what comes later would be sent under the name of a letter that went."""
    ada = await reader()
    await office.ask(wants(NoticeWay.DIGEST, REQUESTS), ada)
    await office.hear(wanted(ada, at=NIGHT))
    await office.deliver(NIGHT)
    sent.says = "451 later"
    await office.deliver(MORNING)
    office.it_is(NIGHT)  # so that the next one belongs to the same hour
    await office.hear(wanted(ada, at=NIGHT + MINUTE))
    await office.sort()
    assert len(await waiting(office)) == 2


async def test_two_processes_write_one_digest(office, reader, monkeypatch):
    ada = await reader()
    await office.ask(wants(NoticeWay.DIGEST, REQUESTS), ada)
    office.it_is(NOON)
    await asyncio.gather(*(office.sort() for _ in range(4)))  # each has its connection from here on
    await office.hear(*(wanted(ada) for _ in range(12)))
    monkeypatch.setattr(sorting, "MOST", 1)
    write = sorting._write

    async def slowly(*its):
        await asyncio.sleep(0.05)
        await write(*its)

    monkeypatch.setattr(sorting, "_write", slowly)
    for _ in range(30):
        await asyncio.gather(*(office.sort() for _ in range(4)))
    assert len(await waiting(office)) == 1
    async with office.opened() as tx:
        assert await tx.value(sa.select(sa.func.count()).where(sa.not_(notices.c.sorted))) == 0


# ---------------------------------------------------------------- whether
@pytest.mark.parametrize(
    "gone",
    [
        lambda hers: sa.update(memberships).where(memberships.c.person == hers.person).values(roles=()),
        lambda hers: sa.update(people).where(people.c.person == hers.person).values(state=AccountState.PENDING_GUARDIAN),
        lambda hers: sa.delete(people).where(people.c.person == hers.person),
        lambda hers: sa.delete(addresses).where(addresses.c.person == hers.person),
    ],
    ids=["departed", "minor", "erased", "without an address"],
)  # fmt: skip
@pytest.mark.parametrize("first", ["it was told", "it was written"])
async def test_who_is_not_there_gets_no_letter(office, sent, reader, gone, first):
    ada = await reader()
    await office.hear(wanted(ada))
    office.it_is(NOON)
    if first == "it was written":
        await office.sort()
        assert len(await waiting(office)) == 1
    async with office.opened() as tx:
        await tx.run(gone(ada))
    await office.sort()
    assert len(await waiting(office)) == (first == "it was written")
    await office.deliver(NOON)
    assert (sent.got, await waiting(office)) == ([], [])


async def test_what_she_does_not_want_does_not_come_and_what_she_wants_does(office, sent, reader):
    ada = await reader()
    await office.ask(wants(NoticeWay.NEVER, REQUESTS), ada)
    await office.hear(wanted(ada), wanted(ada, NoticeCode.CONNECTION_REMINDER))
    await office.deliver(NOON)
    assert [message["Subject"] for message in sent.got] == ["A request waits for your answer"]


async def test_what_she_says_holds_for_what_waits(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada, at=NIGHT), wanted(ada, NoticeCode.CONNECTION_REMINDER, at=NIGHT))
    office.it_is(NIGHT)
    await office.sort()
    await office.ask(wants(NoticeWay.NEVER, REQUESTS), ada)
    await office.ask(wants(NoticeWay.DIGEST, REMINDERS, digest_hour=12), ada)
    await office.deliver(MORNING)
    assert sent.got == []
    await office.deliver(MORNING + 4 * timedelta(hours=1))
    assert [message["Subject"] for message in sent.got] == ["What is new in WESTEM"]


async def test_what_is_not_wanted_any_more_is_not_tried_again(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada))
    sent.says = "451 later"
    await office.deliver(NOON)
    sent.says = "250 OK"
    await office.ask(wants(NoticeWay.NEVER, REQUESTS), ada)
    await office.deliver(NOON)
    assert (sent.got, await waiting(office)) == ([], [])


async def test_what_is_on_its_way_is_not_written_again(office, reader):
    """Some process has it in hand: were it written anew, it would be sent twice."""
    ada = await reader()
    await office.hear(wanted(ada))
    office.it_is(NOON)
    await office.sort()
    await office._take()
    await office.ask(wants(NoticeWay.DIGEST, REMINDERS), ada)
    await office.sort()
    assert [letter["tries"] for letter in await waiting(office)] == [1]


async def test_each_project_has_its_own_and_nobody_changes_anothers(office, reader):
    ada = await reader()
    eve = await reader(project=ada.project)
    await office.ask(wants(NoticeWay.NEVER, REQUESTS, quiet_from=23), ada)

    mine, hers = await office.ask(NoticePreferences(), ada), await office.ask(NoticePreferences(), eve)
    assert (mine.quiet_from, mine.quiet_until, mine.zone) == (23, 8, "Europe/Stockholm")
    assert {it.category: it.way for it in mine.ways}[REQUESTS] is NoticeWay.NEVER
    assert (hers.quiet_from, {it.way for it in hers.ways}) == (21, {NoticeWay.AT_ONCE})
    with pytest.raises(Refusal) as no:
        await office.ask(wants(NoticeWay.NEVER, NoticeCategory.SAFEGUARDING), ada)
    assert no.value.code is RefusalCode.NOTICE_NOT_OPTIONAL


async def test_who_sets_up_mail_later_writes_to_nobody_about_the_past(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada))
    office.it_is(NOON)
    whole = office._settings
    office._settings = whole.model_copy(update={"smtp": ""})
    assert await office.sort() == 1
    office._settings = whole
    await office.deliver(NOON)
    assert (sent.got, await waiting(office)) == ([], [])


# ---------------------------------------------------------------- stopping from within a letter
async def test_one_click_stops_letters_of_that_kind_in_that_project(office, sent, reader):
    ada, nobody = await reader(), Actor()
    await office.hear(wanted(ada))
    await office.deliver(NOON)
    link = digest_of(token_in(sent.got[0]))

    shown = await office.ask(StopLink(link=link), nobody)
    assert (shown.project_name, shown.category, shown.stopped) == ("WESTEM", REQUESTS, False)
    for _ in range(2):
        assert (await office.ask(StopNotices(link=link), nobody)).stopped
    assert (await office.ask(StopLink(link=link), nobody)).stopped

    await office.hear(wanted(ada), wanted(ada, NoticeCode.CONNECTION_REMINDER))
    await office.deliver(NOON)
    assert [message["Subject"] for message in sent.got[1:]] == ["A request waits for your answer"]


async def test_the_link_of_a_digest_stops_what_comes_together(office, sent, reader):
    ada = await reader()
    await office.ask(wants(NoticeWay.DIGEST, REQUESTS), ada)
    await office.hear(wanted(ada))
    await office.deliver(NOON)
    await office.deliver(NOON + DAY)
    stopped = await office.ask(StopNotices(link=digest_of(token_in(sent.got[0]))), Actor())
    assert stopped.category is None
    ways = {it.category: it.way for it in (await office.ask(NoticePreferences(), ada)).ways}
    assert (ways[REQUESTS], ways[REMINDERS]) == (NoticeWay.NEVER, NoticeWay.AT_ONCE)


async def test_a_link_that_no_letter_had_stops_nothing(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada))
    await office.deliver(NOON)
    token = token_in(sent.got[0])
    for false in (digest_of("guessed"), digest_of(token[:-1]), digest_of(token.swapcase())):
        for request in (StopNotices(link=false), StopLink(link=false)):
            with pytest.raises(Refusal) as no:
                await office.ask(request, Actor())
            assert no.value.code is RefusalCode.NOT_FOUND
    async with office.opened() as tx:
        kept = [row["token"] for row in await tx.rows(sa.select(stop_links))]
    assert token not in kept


async def test_no_line_in_a_log_names_whom_a_letter_was_for(office, sent, reader, capsys):
    canary = await reader(address="canary.of.ebba@example.org")
    for says in ("451 later", "550 no"):
        sent.says = says
        await office.hear(wanted(canary))
        await office.deliver(NOON)
    said = "".join(capsys.readouterr())
    assert said.count("a letter was not sent") >= 2
    assert "canary" not in said
    assert str(canary.person) not in said


async def test_what_keeps_people_safe_cannot_be_stopped(office, sent, reader, monkeypatch):
    """No code is of that kind yet, so one plays it."""
    ada = await reader()
    await office.ask(wants(NoticeWay.NEVER, REQUESTS), ada)
    for module in (sorting, contents):
        monkeypatch.setitem(module.CATEGORY, NoticeCode.CONNECTION_ACCEPTED, NoticeCategory.SAFEGUARDING)
    await office.hear(wanted(ada))
    await office.deliver(NOON)
    (message,) = sent.got
    assert message["List-Unsubscribe"] is None
    assert "notices/stop" not in message.as_string()
