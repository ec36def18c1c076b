"""Coming in by a link or by a provider's word, and going out again. All times here are real ones, whatever the business clock says."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import PersonId, person_of
from commons_contracts.profiles import (
    MAIL_ISSUER,
    Address,
    Digest,
    EndSession,
    EndSessionsOf,
    NoteAffiliations,
    NoteSession,
    OpenSession,
    RenewSession,
    SendLink,
    SignedInView,
    UseLink,
)

from ..rules import link as linking
from ..rules import session as rule
from ..rules.address import one_way
from ..tables import addresses, affiliations, links, organisations, sessions
from ..views import find_session


@answers
async def send_link(cmd: SendLink, tx: Tx) -> Done:
    """Nobody looks whether she is known. Who asks again and again gets no more letters, and the same answer."""
    now, address = real_now(), one_way(cmd.address)
    lately = (links.c.address == address) & (links.c.asked_at > now - linking.HOUR)
    if await tx.value(sa.select(sa.func.count()).where(lately)) < linking.MOST_AN_HOUR:
        tx.add(*linking.send_link(new_id(), address, cmd.browser, cmd.language, cmd.back, at=now))
    return Done()


@answers
async def use_link(cmd: UseLink, tx: Tx) -> SignedInView:
    now, link = real_now(), next(iter(await tx.all_of(linking.Link, links.c.token == cmd.link)), None)
    if link is None:
        raise Refusal(RefusalCode.NOT_FOUND, "link")
    link.use(browser=cmd.browser, address=one_way(cmd.address) if cmd.address else None, at=now)
    link.person = await _person_at(link.address, tx)
    session = rule.open_session(new_id(), link.person, MAIL_ISSUER, cmd.session, at=now)
    tx.add(session)
    return SignedInView(session=session.shown(cmd.session, at=now), back=link.back)


async def _person_at(address: Address, tx: Tx) -> PersonId:
    """Who has shown before that it is hers, else somebody new, whose id says nothing of the address."""
    fresh = {"person": person_of(MAIL_ISSUER, str(new_id())), "address": address, "since": real_now()}
    await tx.run(insert(addresses).values(fresh).on_conflict_do_nothing(index_elements=[addresses.c.address]))
    person: PersonId = await tx.value(sa.select(addresses.c.person).where(addresses.c.address == address))
    return person


@answers
async def open_session(cmd: OpenSession, tx: Tx) -> SignedInView:
    now = real_now()
    session = rule.open_session(new_id(), cmd.person, cmd.issuer, cmd.session, at=now)
    tx.add(session)
    return SignedInView(session=session.shown(cmd.session, at=now))


@answers
async def renew_session(cmd: RenewSession, tx: Tx) -> SignedInView:
    now, session = real_now(), await _opened(cmd.session, tx)
    session.renew(cmd.fresh, cmd.session, at=now)
    return SignedInView(session=session.shown(cmd.fresh, at=now))


@answers
async def note_session(cmd: NoteSession, tx: Tx) -> Done:
    session = await _opened(cmd.session, tx)
    session.note(cmd.session, at=real_now())
    return Done()


async def _opened(token: Digest, tx: Tx) -> rule.Session:
    found = await tx.load(rule.Session, (await find_session(tx, token)).id)
    if not found.open_to(token, at=real_now()):  # ended in between
        raise Refusal(RefusalCode.NOT_FOUND, "session")
    return found


@answers
async def end_session(cmd: EndSession, tx: Tx) -> Done:
    """Ended twice, it is ended. The secret may be older than its latest renewal."""
    s = sessions.c
    gone = sa.delete(sessions).where((s.token == cmd.session) | (s.before == cmd.session)).returning(s.id, s.person)
    for row in await tx.rows(gone):
        if cmd.everywhere:
            await _end_all(row["person"], tx)
        else:
            await tx.emit(rule.ended(row["person"], row["id"], at=tx.now))
    return Done()


@answers
async def end_sessions_of(cmd: EndSessionsOf, tx: Tx) -> Done:
    await _end_all(cmd.person, tx)
    return Done()


async def _end_all(person: PersonId, tx: Tx) -> None:
    await tx.run(sa.delete(sessions).where(sessions.c.person == person))
    await tx.emit(rule.ended(person, None, at=tx.now))


@answers
async def note_affiliations(cmd: NoteAffiliations, tx: Tx) -> Done:
    """Codes and domains, as her provider says them now; what one provider says does not touch another's word."""
    a = affiliations.c
    await tx.run(sa.delete(affiliations).where(a.person == cmd.person, a.issuer == cmd.issuer))
    domain = organisations.c.identifiers["domain"].astext
    named = sa.select(domain.label("domain"), organisations.c.id).where(domain.in_({it.domain for it in cmd.items}))
    known = {row["domain"]: row["id"] for row in await tx.rows(named)}
    rows = [
        {"person": cmd.person, "issuer": cmd.issuer, "kind": kind, "domain": domain, "organisation": known.get(domain)}
        for kind, domain in dict.fromkeys((item.kind, item.domain) for item in cmd.items)
    ]
    await tx.run(sa.insert(affiliations).values(noted_at=real_now()), rows)
    return Done()
