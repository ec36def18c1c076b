"""Taking the people of a table over: all of them in one transaction, by a few statements for each five hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.tx import Row as Found
from commons_chassis.tx import Tx
from commons_contracts.base import Event
from commons_contracts.codes import NoticeCode, Role, RowOutcome, SheetProblem
from commons_contracts.ids import PersonId, RoundId, Zone, derived, membership_of, person_of
from commons_contracts.profiles import (
    MAIL_ISSUER,
    Address,
    ParticipantBrought,
    RegisterPerson,
    RowProblem,
    SheetEndsDue,
)

from ..lists import stem_fields
from ..rules.membership import Membership, join
from ..rules.person import Person, register
from ..rules.profile import Profile, begin_profile
from ..rules.sheet import TAKEN, Sheet, filled
from ..rules.sheet_row import Newcomer, Row
from ..tables import addresses, memberships, people, profiles, sheet_rows
from ..tables.people import put_notices
from ..views import find_zone
from .progress import STEP, Told, untold
from .reading import judge, keep

NEVER = date(1970, 1, 1)
"""When somebody was here who never was."""
r = sheet_rows.c


@dataclass(kw_only=True)
class Taken:
    """One row on its way: who she is, what she was before, what is to be told."""

    number: int
    who: Newcomer
    person: PersonId
    before: dict[str, Any] = field(default_factory=dict)
    facts: list[Event] = field(default_factory=list)


async def take_over(sheet: Sheet, tx: Tx, told: Told) -> None:
    """If somebody has become what keeps her out since the coordinator said yes, nobody comes in, and she sees why."""
    mine = sa.select(r.number, r.who, r.outcome, r.problems).where(r.sheet == sheet.id, r.who.is_not(None))
    rows = await tx.rows(mine.order_by(r.number))
    fresh = await judge([_row(row) for row in rows], sheet, tx)
    changed = [(outcome, row) for (outcome, row), old in zip(fresh, rows, strict=True) if outcome != old["outcome"]]
    await tx.run(sa.delete(sheet_rows).where(r.sheet == sheet.id, r.number.in_([row.number for _, row in changed])))
    await keep(changed, sheet, tx, untold)
    outcomes = [RowOutcome(row["outcome"]) for row in await tx.rows(sa.select(r.outcome).where(r.sheet == sheet.id))]
    if any(outcome is RowOutcome.WRONG for outcome, _ in changed):
        await tx.emit(sheet.was_read(sheet.columns, sheet.lacking, outcomes, tx.now))
        return
    sheet.count(outcomes)
    zone = await find_zone(tx)
    newcomers: list[PersonId] = []
    for at in range(0, len(fresh), STEP):
        newcomers += await _take([row for outcome, row in fresh[at : at + STEP] if outcome in TAKEN], sheet, zone, tx)
        await tx.write_facts()  # a few at a time: twenty thousand at once would keep everybody else waiting
        await told(min(at + STEP, len(fresh)), len(fresh))
    await tx.emit(sheet.imported(at=tx.now, really=real_now()))
    await tx.later(SheetEndsDue(sheet=sheet.id), at=sheet.ends_at, key=f"sheet:{sheet.id}:end")
    invited = {derived("invited", sheet.id, person): person for person in newcomers}
    await put_notices(tx, invited, {"project": tx.project, "code": NoticeCode.INVITED, "at": tx.now})


def _row(row: Found) -> Row:
    """As it was read, without what was said of a membership then."""
    problems = (RowProblem.model_validate(one) for one in row["problems"])
    own = tuple(one for one in problems if one.code is not SheetProblem.MEMBER_ALREADY)
    return Row(number=row["number"], who=Newcomer.model_validate(row["who"]), problems=own)


async def _take(rows: Sequence[Row], sheet: Sheet, zone: Zone, tx: Tx) -> list[PersonId]:
    """Each step for all of them, in an order in which every fact follows from those before it. Who was no member before."""
    persons = await _addresses([row.who.address for row in rows if row.who], tx)
    taken = [
        Taken(number=row.number, who=row.who, person=persons[row.who.address].person)
        for row in rows
        if row.who is not None
    ]
    for one in taken:
        one.before["address"] = persons[one.who.address].fresh
    accounts = await _register(taken, zone, tx)
    await _join(taken, accounts, tx)
    if (round := sheet.options.round) is not None:
        for one in taken:
            one.facts.append(_brought(one, sheet, round, tx))
    await tx.run(
        sa.update(sheet_rows)
        .where(r.sheet == sheet.id, r.number == sa.bindparam("row"))
        .values(person=sa.bindparam("her"), before=sa.bindparam("was")),
        [{"row": one.number, "her": one.person, "was": one.before} for one in taken],
    )
    await tx.emit(*(fact for one in taken for fact in one.facts))
    return [one.person for one in taken if one.before["membership"]]


@dataclass(frozen=True)
class _Reached:
    person: PersonId
    fresh: bool


async def _addresses(wanted: Sequence[Address], tx: Tx) -> Mapping[Address, _Reached]:
    """Who has shown that an address is hers, else somebody new, who will when she signs in by a link."""
    a = addresses.c
    drawn = {address: person_of(MAIL_ISSUER, str(new_id())) for address in sorted(wanted)}
    rows = [{"person": person, "address": address, "since": real_now()} for address, person in drawn.items()]
    await tx.run(insert(addresses).on_conflict_do_nothing(index_elements=[a.address]), rows)
    found = await tx.rows(sa.select(a.address, a.person).where(a.address.in_(drawn)))
    return {row["address"]: _Reached(row["person"], row["person"] == drawn[row["address"]]) for row in found}


async def _register(taken: Sequence[Taken], zone: Zone, tx: Tx) -> Mapping[PersonId, Person]:
    """An account for whoever has none; who has one is who she said herself."""
    named = [column for column in people.c if column.name != "version"]
    there = await tx.rows(sa.select(*named).where(people.c.person.in_([one.person for one in taken])))
    accounts = {row["person"]: Person(**row) for row in there}
    fresh = []
    for one in taken:
        one.before["account"] = one.person not in accounts
        if one.before["account"]:
            accounts[one.person], fact = register(one.person, _account(one.who, zone), at=tx.now)
            one.facts.append(fact)
            fresh.append(accounts[one.person])
    await tx.run(insert(people).on_conflict_do_nothing(), [{**asdict(person), "version": 1} for person in fresh])
    return accounts


def _account(who: Newcomer, zone: Zone) -> RegisterPerson:
    return RegisterPerson(
        display_name=who.name,
        birth_year=who.birth_year,
        birth_month=who.birth_month,
        country=who.country,
        language=who.language,
        zone=zone,
    )


async def _join(taken: Sequence[Taken], accounts: Mapping[PersonId, Person], tx: Tx) -> None:
    """Whoever is no member becomes one, whom nobody sees yet; a member gets what she had not."""
    ids = [membership_of(one.person, tx.project) for one in taken]
    there = await tx.load_many(Membership, ids)
    told = await tx.load_many(Profile, list(there))
    joined, begun = [], []
    for one, id in zip(taken, ids, strict=True):
        one.before["membership"] = id not in there
        if id in there:
            _update(one, there[id], told[id], tx.now)
            continue
        member, began = join(accounts[one.person], tx.project, (one.who.role,), one.who.audience, at=tx.now)
        member.active_on, member.invited_at = NEVER, tx.now
        joined.append({**asdict(member), "version": 1})
        profile = begin_profile(member, accounts[one.person])
        profile.display_name = one.who.name
        said = profile.describe(one.who.description, one.who.motivation, fields=stem_fields(), at=tx.now)
        one.facts += [began, *said]
        begun.append({**asdict(profile), "description": profile.description, "version": 1})
    await tx.run(sa.insert(memberships), joined)
    await tx.run(sa.insert(profiles), begun)


def _update(one: Taken, member: Membership, profile: Profile, at: datetime) -> None:
    """She has spoken for herself: a table fills in what she left open, and takes nothing away."""
    one.before |= {
        "roles": list(member.roles),
        "description": profile.description.model_dump(mode="json"),
        "motivation": profile.motivation,
    }
    one.facts += member.take((one.who.role,), None, at=at)
    hers, words = profile.description, profile.motivation or one.who.motivation
    named = () if hers.organisation is None else (hers.organisation,)
    told = filled(hers, one.who.description)
    one.facts += profile.describe(told, words, fields=stem_fields(), organisations=named, at=at)
    one.before["after"] = {
        "roles": list(member.roles),
        "description": profile.description.model_dump(mode="json"),
        "motivation": profile.motivation,
    }


def _brought(one: Taken, sheet: Sheet, round: RoundId, tx: Tx) -> ParticipantBrought:
    mentors = one.who.role is Role.MENTOR
    return ParticipantBrought(
        project=tx.project,
        at=tx.now,
        membership=membership_of(one.person, tx.project),
        person=one.person,
        sheet=sheet.id,
        round=round,
        role=one.who.role,
        style=one.who.style if mentors else None,
        places=one.who.places if mentors else None,
    )
