"""What stands in a letter about a notice: in her language, neutral, with an invitation where it is about a session."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import NOON
from commons_contracts import matching, mentoring
from commons_contracts.codes import Language, Modality, NoticeCode, Role
from commons_contracts.mentoring import SessionCancelled, SessionMoved, SessionProposed, SessionScheduled
from commons_contracts.profiles import NoticesPage, NoticesSince
from commons_profiles.app import service
from commons_profiles.post import catalogues, texts
from commons_profiles.post.contents import WAITS
from commons_profiles.post.letter import Content, Item, letter, with_stop
from commons_profiles.post.speaking import speaking
from commons_profiles.tables import letters, projects

STARTS = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)


class Read(HTMLParser):
    """What a page of HTML consists of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.said, self.links = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.links += [value for name, value in attrs if name in {"href", "src", "background", "srcset"}]

    def handle_data(self, data):
        self.said += data


def plain(message):
    return message.get_body("plain").get_content().replace("\r\n", "\n")


def html(message):
    return Read(message.get_body("html").get_content())


def calendars(message):
    """By method, as mail programs find them: in the alternative, and as a file."""
    parts = [part for part in message.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    return [(part.get_content_type(), Calendar.from_ical(part.get_payload(decode=True))) for part in parts]


def wanted(actor, code, owner=matching, at=NOON, **more):
    return owner.NoticeWanted(project=actor.project, at=at, person=actor.person, code=code, **more)


# ---------------------------------------------------------------- texts
@pytest.mark.parametrize("language", catalogues.NAMES)
def test_no_text_lacks_its_translation_and_none_is_guessed(language):
    texts_there, said = catalogues.template(), catalogues.read(language)
    assert {m.id for m in said} == {m.id for m in texts_there}, "`make letters` takes up what is new"
    assert [m.id for m in said if m.id and (not m.string or m.fuzzy)] == []
    braces = re.compile(r"\{\w*\}")
    assert [m.id for m in said if m.id and braces.findall(m.id) != braces.findall(m.string)] == []


def test_every_code_has_a_text_of_its_own():
    assert set(texts.NOTICES) == set(NoticeCode)
    every = [*texts.NOTICES.values(), *texts.OWN.values()]
    assert len({text.subject for text in every}) == len(every)


@pytest.mark.parametrize("language", Language)
def test_every_letter_says_the_same_in_plain_text_and_in_html(language):
    say = speaking(language).gettext
    for text in [*texts.NOTICES.values(), *texts.OWN.values()]:
        content = Content(
            language=language, subject=say(text.subject), items=(Item(say(text.says)),), url="https://x.org/?notices=1",
            button=say(texts.BUTTON), project="<b>WESTEM</b>",
        )  # fmt: skip
        message = letter(with_stop(content, "https://x.org", "t"), "a@x.org", "b@x.org", new_id())
        page = html(message)
        for said in (message["Subject"], say(text.says), say(texts.BUTTON), "<b>WESTEM</b>"):
            assert said in page.said
            assert said == message["Subject"] or said in plain(message)
        assert ("html", {"lang": language, "dir": "ltr"}) in page.tags
        assert {tag for tag, _ in page.tags} >= {"main", "h1", "title"}
        assert set(page.links) == {"https://x.org/?notices=1", "https://x.org/notices/stop?token=t"}
        assert not {tag for tag, _ in page.tags} & {"img", "script", "iframe", "link", "form", "object"}
        assert "url(" not in message.as_string()


def test_what_ends_blames_nobody():
    """One neutral letter, in every language, whoever ended it."""
    for language in Language:
        said = speaking(language).gettext(texts.NOTICES[NoticeCode.MENTORSHIP_ENDED].says)
        assert "{" not in said
    assert texts.NOTICES[NoticeCode.MENTORSHIP_ENDED].says == "Your mentorship is over. You can look for a new one."


# ---------------------------------------------------------------- letters
async def test_a_notice_comes_as_a_letter_in_her_language(office, sent, reader):
    ebba = await reader(Language.SV)
    await office.hear(wanted(ebba, NoticeCode.CONNECTION_ACCEPTED, subject_id=new_id()))
    await office.deliver(NOON)

    (message,) = sent.got
    assert message["To"] == f"{ebba.person}@example.org"
    assert (message["Subject"], message["Content-Language"]) == ("Din förfrågan har godtagits", "sv")
    assert "Ni kan börja." in plain(message)
    async with office.opened() as tx:
        slug = await tx.value(sa.select(projects.c.slug).where(projects.c.id == ebba.project))
    assert f"https://commons.example.org/?notices={slug}\n" in plain(message)
    stop = re.search(r"https://commons\.example\.org/notices/stop\?token=[\w-]{43}", plain(message))[0]
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (
        f"<{stop}>",
        "List-Unsubscribe=One-Click",
    )
    assert stop in html(message).links
    assert message["Date"].datetime.tzinfo is not None
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


async def test_the_address_is_the_one_that_she_has_when_it_leaves(office, sent, reader):
    ada = await reader()
    await office.hear(wanted(ada, NoticeCode.CONNECTION_ACCEPTED))
    await office.sort()
    async with office.opened() as tx:
        (row,) = await tx.rows(sa.select(letters))
    assert (row["address"], row["language"]) == (None, None)


# ---------------------------------------------------------------- invitations
@pytest.fixture
def session():
    """The facts about one session, each as mentoring tells it, followed by the notice that belongs to it."""
    ids = {"session": new_id(), "mentorship": new_id()}

    def told(kind, reader, sequence, *, starts_at=STARTS, at=NOON, mentor=None, by=Role.MENTOR, **other):
        return kind(
            project=reader.project, at=at, **{**ids, **other}, mentor=mentor or new_id(), mentee=reader.person, starts_at=starts_at,
            minutes=45, mode=Modality.ONLINE, sequence=sequence, by=by,
        )  # fmt: skip

    told.id, told.mentorship = ids["session"], ids["mentorship"]
    return told


async def test_a_session_comes_with_an_invitation_that_follows_its_changes(office, sent, reader, session):
    ebba = await reader(Language.SV)
    steps = [
        (SessionProposed, NoticeCode.SESSION_PROPOSED, 0, STARTS),
        (SessionScheduled, NoticeCode.SESSION_ACCEPTED, 1, STARTS),
        (SessionMoved, NoticeCode.SESSION_MOVED, 2, STARTS + timedelta(days=1)),
        (SessionCancelled, NoticeCode.SESSION_CANCELLED, 3, STARTS + timedelta(days=1)),
    ]
    for minute, (fact, code, sequence, starts_at) in enumerate(steps):
        at = NOON + timedelta(minutes=minute)
        await office.hear(session(fact, ebba, sequence, starts_at=starts_at, at=at))
        await office.hear(wanted(ebba, code, mentoring, at=at, subject_id=session.id))
        await office.deliver(at)

    said = []
    for message in sent.got:
        (kind, shown), (_, file) = calendars(message)
        (event,) = shown.walk("VEVENT")
        assert (kind, shown.to_ical()) == ("text/calendar", file.to_ical())
        part = message.get_body().get_content_type(), [p.get_param("method") for p in message.walk()]
        assert shown["METHOD"] in part[1]
        assert (event["UID"], event["CLASS"]) == (f"{session.id}@commons", "PRIVATE")
        assert event["ORGANIZER"] == "mailto:hello@commons.example.org"
        assert event["ATTENDEE"] == f"mailto:{ebba.person}@example.org"
        said.append((shown["METHOD"], event["SEQUENCE"], event["STATUS"], event["SUMMARY"], event["DTSTART"].dt))
    assert said == [
        ("REQUEST", 0, "TENTATIVE", "Mentorträff (föreslagen)", STARTS),
        ("REQUEST", 1, "CONFIRMED", "Mentorträff", STARTS),
        ("REQUEST", 2, "TENTATIVE", "Mentorträff (föreslagen)", STARTS + timedelta(days=1)),
        ("CANCEL", 3, "CANCELLED", "Mentorträff", STARTS + timedelta(days=1)),
    ]
    assert "lördag 24 oktober 2026, 14:00\N{EN DASH}14:45 (Europe/Stockholm)" in plain(sent.got[0])
    assert "söndag 25 oktober 2026, 13:00\N{EN DASH}13:45 (Europe/Stockholm)" in plain(
        sent.got[2]
    )  # summer time is over
    assert "2026" not in plain(sent.got[3])


BECOMES = [
    (SessionScheduled, NoticeCode.SESSION_ACCEPTED, "REQUEST", "CONFIRMED"),
    (SessionMoved, NoticeCode.SESSION_MOVED, "REQUEST", "TENTATIVE"),
    (SessionCancelled, NoticeCode.SESSION_CANCELLED, "CANCEL", "CANCELLED"),
]


@pytest.mark.parametrize("step", [(by, *it) for by in (Role.MENTOR, Role.MENTEE) for it in BECOMES])
async def test_what_becomes_of_a_session_is_in_both_calendars(office, sent, reader, session, step):
    """Whoever did it is told by letter alone: on the platform she has just done it."""
    by, fact, code, method, status = step
    ebba, maria = (mentee := await reader(Language.SV)), await reader(project=mentee.project)
    actor, other = (maria, ebba) if by is Role.MENTOR else (ebba, maria)
    what, cause = session(fact, mentee, 1, mentor=maria.person, by=by), new_id()
    await office.hear(session(SessionProposed, mentee, 0), wanted(other, code, mentoring, subject_id=session.id))
    for _ in range(3):
        async with office.opened(mentee.project, cause) as tx:
            await doors.react(what, tx, service)
    await office.deliver(NOON)

    got = {message["To"]: message for message in sent.got}
    assert len(sent.got) == 2
    assert set(got) == {f"{one.person}@example.org" for one in (ebba, maria)}
    assert len({message["Subject"] for message in sent.got}) == 2
    for one in (ebba, maria):
        ((_, shown), (_, file)) = calendars(got[f"{one.person}@example.org"])
        (event,) = shown.walk("VEVENT")
        assert shown.to_ical() == file.to_ical()
        assert (shown["METHOD"], event["STATUS"], event["SEQUENCE"]) == (method, status, 1)
        assert (event["UID"], event["ATTENDEE"]) == (f"{session.id}@commons", f"mailto:{one.person}@example.org")
    seen = [[it.code for it in (await office.ask(NoticesPage(), one)).items] for one in (actor, other)]
    since = [[it.code for it in (await office.ask(NoticesSince(cursor="0"), one)).items] for one in (actor, other)]
    assert seen == since == [[], [code]]


async def test_a_letter_waits_for_the_session_that_it_is_about(office, sent, reader, session):
    ada = await reader()
    await office.hear(session(SessionProposed, ada, 0))
    moved = NOON + timedelta(minutes=5)
    await office.hear(wanted(ada, NoticeCode.SESSION_MOVED, mentoring, at=moved, subject_id=session.id))
    await office.deliver(moved)
    assert sent.got == []

    await office.hear(session(SessionMoved, ada, 1, starts_at=STARTS + timedelta(hours=1), at=moved))
    await office.deliver(moved)
    ((_, shown), _) = calendars(sent.got[0])
    assert shown.walk("VEVENT")[0]["SEQUENCE"] == 1


async def test_it_does_not_wait_for_ever(office, sent, reader, session):
    ada = await reader()
    await office.hear(wanted(ada, NoticeCode.SESSION_PROPOSED, mentoring, subject_id=session.id))
    for _ in range(WAITS):
        await office.deliver(NOON)
        assert sent.got == []
    await office.deliver(NOON)
    assert calendars(sent.got[0]) == []


async def test_nobody_is_reminded_of_what_has_begun_or_is_off(office, sent, reader, session):
    ada = await reader()
    await office.hear(session(SessionScheduled, ada, 1))
    for at in (STARTS - timedelta(hours=1), STARTS):
        await office.hear(wanted(ada, NoticeCode.SESSION_REMINDER, mentoring, at=at, subject_id=session.id, number=60))
        await office.deliver(at)
    assert [message["Subject"] for message in sent.got] == ["A session begins soon"]
    async with office.opened() as tx:
        assert await tx.rows(sa.select(letters)) == []


async def test_one_flash_meeting_stands_in_the_calendar_when_it_opens(office, sent, reader, session):
    """Nobody accepted it on her own, so one letter brings it."""
    ada = await reader()
    await office.hear(session(SessionScheduled, ada, 0, by=None))
    await office.hear(wanted(ada, NoticeCode.MENTORSHIP_OPENED, mentoring, subject_id=session.mentorship))
    await office.deliver(NOON)
    (message,) = sent.got
    ((_, shown), _) = calendars(message)
    assert (shown["METHOD"], shown.walk("VEVENT")[0].decoded("DTSTART").date()) == ("REQUEST", date(2026, 10, 24))


async def test_what_was_planned_leaves_the_calendar_when_it_is_over(office, sent, reader, session):
    """What was called off long ago left it then."""
    ada, before = await reader(), NOON - timedelta(days=1)
    await office.hear(session(SessionCancelled, ada, 1, starts_at=before, at=before, session=new_id()))
    await office.hear(session(SessionScheduled, ada, 1), session(SessionCancelled, ada, 2))
    await office.hear(wanted(ada, NoticeCode.MENTORSHIP_ENDED, mentoring, subject_id=session.mentorship))
    await office.deliver(NOON)
    (message,) = sent.got
    ((_, shown), _) = calendars(message)
    assert (shown["METHOD"], message["Subject"]) == ("CANCEL", "Your mentorship is over")
    assert {str(it["UID"]) for _, one in calendars(message) for it in one.walk("VEVENT")} == {f"{session.id}@commons"}
