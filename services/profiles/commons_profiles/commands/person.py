"""Registering, and coming back to an account that is there already."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import AccountState
from commons_contracts.profiles import AccountView, ChooseLanguage, ChooseZone, ComingOfAgeDue, RegisterPerson

from ..rules import person as rule
from ..tables import people
from ..views import find_account


@answers
async def register_person(cmd: RegisterPerson, tx: Tx) -> AccountView:
    """Registered twice, or on two devices at once, she is who she said first: nobody grows up by registering again."""
    person, registered = rule.register(tx.person, cmd, at=tx.now)
    if await tx.run(insert(people).values(**asdict(person), version=1).on_conflict_do_nothing()):
        await tx.emit(registered)
        if person.state == AccountState.PENDING_GUARDIAN:
            due = ComingOfAgeDue(person=person.person)
            await tx.later(due, at=person.comes_of_age, key=f"person:{person.person}:age")
    return await find_account(tx, tx.person)


@answers
async def choose_language(cmd: ChooseLanguage, tx: Tx) -> AccountView:
    person = await tx.load(rule.Person, tx.person)
    person.choose_language(cmd.language)
    return await find_account(tx, tx.person)


@answers
async def choose_zone(cmd: ChooseZone, tx: Tx) -> AccountView:
    person = await tx.load(rule.Person, tx.person)
    await tx.emit(person.choose_zone(cmd.zone, at=tx.now))
    return await find_account(tx, tx.person)
