"""Coming in by a letter's link or a provider's word, staying in, and going out everywhere."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_chassis.testing import play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import AffiliationKind, OrganisationKind, RefusalCode
from commons_contracts.ids import PLATFORM, PersonId
from commons_contracts.profiles import (
    MAIL_ISSUER,
    Affiliation,
    EndSession,
    EndSessionsOf,
    NoteAffiliations,
    NoteSession,
    OpenSession,
    OrganisationEntry,
    RegisterOrganisations,
    RenewSession,
    SendLink,
    SessionByDigest,
    SessionsEnded,
    UseLink,
    Viewer,
)
from commons_profiles import views
from commons_profiles.app import service
from commons_profiles.commands import entrance
from commons_profiles.post.letter import digest_of
from commons_profiles.tables import addresses, letters, links, sessions

PROVIDER = "https://login.example.org"
ASKED, MINUTE = digest_of("the browser that asked"), timedelta(minutes=1)


class RealTime:
    def __init__(self):
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self):
        return self.now

    def passes(self, **more):
        self.now += timedelta(**more)


@pytest.fixture
def real(monkeypatch):
    clock = RealTime()
    monkeypatch.setattr(entrance, "real_now", clock)
    monkeypatch.setattr(views, "real_now", clock)
    return clock


@pytest.fixture
def gateway(tx, real):
    """From here on the gateway asks for itself."""

    async def asking(request):
        tx.actor = Actor()
        await tx.enter(own=False)
        reply = await run(service, request, tx)
        await tx.enter(own=True)
        return reply

    return asking


@pytest.fixture
def letter(tx, gateway):
    """Someone asks for a link; the letter is written, as the post office does it."""

    async def asked(address="ebba@example.org", written="in the letter", **more):
        await gateway(SendLink(address=address, browser=ASKED, **more))
        newest = sa.select(links.c.id).order_by(links.c.id.desc()).limit(1)
        await tx.run(sa.update(links).where(links.c.id.in_(newest)).values(token=digest_of(written)))
        return digest_of(written)

    return asked


async def test_the_link_opens_a_session_for_whom_it_was_sent_to(tx, gateway, letter):
    link = await letter(back="/rounds")
    used = await gateway(UseLink(link=link, session=digest_of("cookie"), browser=ASKED))

    assert (used.back, used.session.issuer) == ("/rounds", MAIL_ISSUER)
    assert (await gateway(SessionByDigest(session=digest_of("cookie")))).person == used.session.person
    assert await tx.value(sa.select(addresses.c.person)) == used.session.person


async def test_a_link_works_once(tx, gateway, letter):
    link = await letter()
    await gateway(UseLink(link=link, session=digest_of("first"), browser=ASKED))

    async with refused(tx, RefusalCode.TOKEN_USED):
        await gateway(UseLink(link=link, session=digest_of("second"), browser=ASKED))


async def test_a_link_works_for_a_quarter_of_an_hour(tx, gateway, letter, real):
    link = await letter()
    real.passes(minutes=15)

    async with refused(tx, RefusalCode.NOT_FOUND):
        await gateway(UseLink(link=link, session=digest_of("late"), browser=ASKED))
    real.passes(seconds=-1)
    assert await gateway(UseLink(link=link, session=digest_of("in time"), browser=ASKED))


@pytest.mark.parametrize("given", [{}, {"browser": digest_of("another")}, {"address": "eva@example.org"}], ids=str)
async def test_having_the_link_is_not_enough(tx, gateway, letter, given):
    link = await letter()

    async with refused(tx, RefusalCode.NOT_FOUND):
        await gateway(UseLink(link=link, session=digest_of("cookie"), **given))


async def test_elsewhere_she_says_where_it_was_sent(gateway, letter):
    link = await letter("Ebba@EXAMPLE.org")
    assert await gateway(UseLink(link=link, session=digest_of("cookie"), address="ebba@example.ORG"))


async def test_a_link_that_nobody_sent_is_not_found(tx, gateway):
    async with refused(tx, RefusalCode.NOT_FOUND):
        await gateway(UseLink(link=digest_of("made up"), session=digest_of("cookie"), browser=ASKED))


async def test_the_same_address_is_the_same_person_and_her_id_says_nothing_of_it(tx, gateway, letter):
    async def comes(address, cookie):
        link = await letter(address, written=cookie)
        return (await gateway(UseLink(link=link, session=digest_of(cookie), browser=ASKED))).session.person

    first, again, other = [
        await comes(address, f"cookie {n}") for n, address in enumerate(["a@x.org", "A@x.org", "b@x.org"])
    ]
    assert first == again != other
    await tx.run(sa.delete(addresses).where(addresses.c.person == first))
    assert await comes("a@x.org", "afterwards") not in {first, other}


async def test_asking_is_answered_alike_and_writes_five_letters_an_hour_at_most(tx, gateway, letter, real):
    first = await gateway(SendLink(address="ebba@example.org", browser=ASKED))
    for _ in range(9):
        assert await gateway(SendLink(address="EBBA@example.org", browser=ASKED)) == first
    assert await tx.value(sa.select(sa.func.count()).select_from(letters)) == 5

    real.passes(minutes=61)
    await gateway(SendLink(address="ebba@example.org", browser=ASKED))
    assert await tx.value(sa.select(sa.func.count()).select_from(letters)) == 6


@pytest.mark.parametrize("address", ["ebba@localhost", "ébba@example.org", "ebba@" + "a" * 70 + ".org"])
async def test_what_no_letter_can_be_sent_to_is_refused(tx, gateway, address):
    async with refused(tx, RefusalCode.NOT_FOUND):
        await gateway(SendLink(address=address, browser=ASKED))


async def test_only_the_gateway_itself_brings_people_in(tx, act):
    await act(PersonId(new_id()))
    for request in (
        SendLink(address="ebba@example.org", browser=ASKED),
        OpenSession(person=tx.person, issuer=PROVIDER, session=ASKED),
        SessionByDigest(session=ASKED),
    ):
        with pytest.raises(Fault, match="FORBIDDEN"):
            await run(service, request, tx)


@pytest.fixture
def session(gateway):
    """Her provider has vouched for someone."""

    async def opened(cookie="cookie", person=None):
        said = OpenSession(person=person or PersonId(new_id()), issuer=PROVIDER, session=digest_of(cookie))
        return (await gateway(said)).session

    return opened


async def seen(tx, gateway, cookie):
    async with refused(tx, RefusalCode.NOT_FOUND):
        await gateway(SessionByDigest(session=digest_of(cookie)))


async def test_a_session_ends_after_a_week_unused_and_after_a_month_whatever_happens(tx, gateway, session, real):
    await session()
    for _ in range(4):
        real.passes(days=7, seconds=-1)
        assert (await gateway(SessionByDigest(session=digest_of("cookie")))).note
        await gateway(NoteSession(session=digest_of("cookie")))
    real.passes(days=2)
    assert await gateway(SessionByDigest(session=digest_of("cookie")))
    real.passes(minutes=1)
    await seen(tx, gateway, "cookie")

    await session("another")
    real.passes(days=7)
    await seen(tx, gateway, "another")


async def test_a_renewed_secret_takes_over_once_it_was_seen(tx, gateway, session, real):
    await session("old")
    assert not (await gateway(SessionByDigest(session=digest_of("old")))).renew
    real.passes(days=1)
    assert (await gateway(SessionByDigest(session=digest_of("old")))).renew

    await gateway(RenewSession(session=digest_of("old"), fresh=digest_of("lost on the way")))
    await gateway(RenewSession(session=digest_of("old"), fresh=digest_of("new")))
    await seen(tx, gateway, "lost on the way")
    real.passes(hours=5)
    assert await gateway(SessionByDigest(session=digest_of("old")))

    assert (await gateway(SessionByDigest(session=digest_of("new")))).note
    await gateway(NoteSession(session=digest_of("new")))
    assert await gateway(SessionByDigest(session=digest_of("old")))
    real.passes(minutes=1)
    await seen(tx, gateway, "old")
    assert not (await gateway(SessionByDigest(session=digest_of("new")))).renew


async def test_signing_out_ends_this_session_and_tells_whose(tx, gateway, session):
    ebba = PersonId(new_id())
    here, there = await session("here", ebba), await session("there", ebba)
    await gateway(EndSession(session=digest_of("here")))

    await seen(tx, gateway, "here")
    assert (await gateway(SessionByDigest(session=digest_of("there")))).id == there.id
    assert told(tx) == [SessionsEnded(project=PLATFORM, at=tx.now, person=ebba, session=here.id)]
    await gateway(EndSession(session=digest_of("here")))
    assert len(told(tx)) == 1


async def test_she_signs_out_everywhere_and_nobody_else_with_her(tx, gateway, session):
    ebba = PersonId(new_id())
    await session("here", ebba)
    await session("there", ebba)
    await session("another's")

    await gateway(EndSession(session=digest_of("here"), everywhere=True))

    for cookie in ("here", "there"):
        await seen(tx, gateway, cookie)
    assert await gateway(SessionByDigest(session=digest_of("another's")))
    assert told(tx)[-1].session is None


async def test_an_operator_signs_someone_out(tx, gateway, session, act):
    ebba = PersonId(new_id())
    await session("here", ebba)
    await act(PersonId(new_id()))
    with pytest.raises(Fault, match="FORBIDDEN"):
        await run(service, EndSessionsOf(person=ebba), tx)

    await play(tx, operator=True)
    await run(service, EndSessionsOf(person=ebba), tx)
    await seen(tx, gateway, "here")


async def test_nobody_sees_a_session_or_an_address_but_whose_it_is(tx, gateway, session, letter, act):
    link = await letter()
    ebba = (await gateway(UseLink(link=link, session=digest_of("cookie"), browser=ASKED))).session.person
    for person, rows in ((PersonId(new_id()), 0), (ebba, 1)):
        await act(person)
        for table in (addresses, sessions, links):
            assert len(await tx.rows(sa.select(table))) == rows, table.name
    tx.actor = Actor()
    await tx.enter(own=False)
    assert await tx.rows(sa.select(links)) == await tx.rows(sa.select(letters)) == []


async def test_what_her_provider_says_replaces_what_it_said(tx, gateway, register, act):
    await play(tx, operator=True)
    entry = OrganisationEntry(
        kind=OrganisationKind.UNIVERSITY, name="Uppsala", country="SE", identifiers={"domain": "uu.se"}
    )
    await run(service, RegisterOrganisations(items=(entry,)), tx)
    ebba = await register("Ebba")

    def says(*items, issuer=PROVIDER):
        return NoteAffiliations(
            person=ebba, issuer=issuer, items=tuple(Affiliation(kind=k, domain=d) for k, d in items)
        )

    await gateway(says((AffiliationKind.STUDENT, "uu.se"), (AffiliationKind.MEMBER, "uu.se")))
    await gateway(says((AffiliationKind.STAFF, "kth.se"), issuer="https://another.example.org"))
    await gateway(says((AffiliationKind.STUDENT, "uu.se"), (AffiliationKind.STUDENT, "uu.se")))

    facts = len(told(tx))
    await act(ebba)
    shown = (await run(service, Viewer(), tx)).affiliations
    assert {(it.kind, it.domain, it.organisation is not None) for it in shown} == {
        ("STUDENT", "uu.se", True),
        ("STAFF", "kth.se", False),
    }
    assert len(told(tx)) == facts
