"""Importing people: each by the same rules as if she had done it herself; all of a batch, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Event
from commons_contracts.ids import PersonId, membership_of
from commons_contracts.profiles import (
    BatchView,
    ConductAccepted,
    Description,
    ImportPeople,
    PersonEntry,
    PersonRegistered,
    ProfileDescribed,
    TrainingRecorded,
)

from ..lists import stem_fields
from ..rules.batch import in_row
from ..rules.calendar import today
from ..rules.conduct import accept, in_good_standing
from ..rules.introduction import Introduction, introduce
from ..rules.membership import Membership, choose_oneself, join
from ..rules.person import Person, register
from ..rules.profile import Profile, begin_profile
from ..rules.readiness import record_training, vouch
from ..tables import ticks
from ..views import find_accepted, find_in_force, find_organisations, find_progress, find_zone
from .conduct import keep_acceptances
from .readiness import keep_trainings

Entries = tuple[PersonEntry, ...]
Members = Mapping[PersonId, Membership]


@answers
async def import_people(cmd: ImportPeople, tx: Tx) -> BatchView:
    """Step by step for all, so that a batch costs a few statements and not a few for each; told when all is decided."""
    on = today(tx.now, await find_zone(tx))
    accounts, registered = await _register(cmd.items, tx)
    members, joined = await _join(cmd.items, accounts, tx)
    accepted = await _accept(cmd.items, members, tx)
    described = await _describe(cmd.items, members, tx)
    await _introduce(cmd.items, members, tx)
    await _tick(cmd.items, members, tx)
    trained = await _train(cmd.items, members, on, tx)
    await tx.emit(*registered, *joined, *accepted, *described, *trained)
    return BatchView(count=len(cmd.items))


async def _register(entries: Entries, tx: Tx) -> tuple[Mapping[PersonId, Person], list[PersonRegistered]]:
    there = await tx.load_many(Person, [e.person for e in entries])
    accounts = {person.person: person for person in there.values()}
    facts = []
    for row, entry in enumerate(entries):
        with in_row(row):
            if entry.person not in accounts:
                accounts[entry.person], registered = register(entry.person, entry.account, at=tx.now)
                facts.append(registered)
    tx.add(*accounts.values())
    return accounts, facts


async def _join(entries: Entries, accounts: Mapping[PersonId, Person], tx: Tx) -> tuple[Members, list[Event]]:
    there = await tx.load_many(Membership, [membership_of(e.person, tx.project) for e in entries])
    members = {m.person: m for m in there.values()}
    facts: list[Event] = []
    for row, entry in enumerate(entries):
        with in_row(row):
            account = accounts[entry.person]
            choose_oneself(entry.roles)
            if (member := members.get(entry.person)) is not None:
                if member.roles:
                    facts += member.take(entry.roles, entry.audience, at=tx.now)
                else:
                    facts.append(member.come_back(account, entry.roles, entry.audience, at=tx.now))
                continue
            member, began = join(account, tx.project, entry.roles, entry.audience, at=tx.now)
            members[entry.person] = member
            tx.add(member, begin_profile(member, account))
            facts.append(began)
    return members, facts


async def _accept(entries: Entries, members: Members, tx: Tx) -> list[ConductAccepted]:
    """What is in force now; she has read it, or her row would not say so. Without it she may join, but say nothing."""
    in_force = (await find_in_force(tx, [tx.project]))[tx.project]
    accepted = await find_accepted(tx, [m.id for m in members.values()])
    facts: list[ConductAccepted] = []
    for row, entry in enumerate(entries):
        member = members[entry.person]
        hers = accepted[member.id]
        with in_row(row):
            for kind in entry.conduct:
                version = in_force.get(kind, 0)
                facts += accept(member, kind, version, in_force=in_force, accepted=hers, at=tx.now)
                hers[kind] = version
            if _described(entry) or entry.introduction or entry.ticked:
                in_good_standing(in_force, hers)
    await keep_acceptances(facts, {e.person: e.account.language for e in entries}, tx)
    return facts


async def _describe(entries: Entries, members: Members, tx: Tx) -> list[ProfileDescribed]:
    profiles = await tx.load_many(Profile, [m.id for m in members.values()])
    named = await find_organisations(tx, [entry.description for entry in entries])
    lists: dict[str, Any] = {"fields": stem_fields(), "organisations": named}
    facts: list[ProfileDescribed] = []
    for row, entry in enumerate(entries):
        if _described(entry):
            with in_row(row):
                profile = profiles[members[entry.person].id]
                facts += profile.describe(entry.description, entry.motivation, **lists, at=tx.now)
    return facts


def _described(entry: PersonEntry) -> bool:
    return entry.description != Description() or entry.motivation != ""


async def _introduce(entries: Entries, members: Members, tx: Tx) -> None:
    written = await tx.load_many(Introduction, [m.id for m in members.values()])
    for entry in entries:
        if (words := entry.introduction) is not None:
            member = members[entry.person]
            fresh = introduce(member, words.title, words.text, words.language)
            introduction = written.setdefault(member.id, fresh)
            introduction.rewrite(words.title, words.text, words.language)
            tx.add(introduction)


async def _tick(entries: Entries, members: Members, tx: Tx) -> None:
    rows = []
    for row, entry in enumerate(entries):
        for item in entry.ticked:
            with in_row(row):
                vouch(item)
            hers = {"membership": members[entry.person].id, "project": tx.project, "person": entry.person}
            rows.append({**hers, "item": item, "ticked_at": tx.now})
    await tx.run(insert(ticks).on_conflict_do_nothing(), rows)


async def _train(entries: Entries, members: Members, on: date, tx: Tx) -> list[TrainingRecorded]:
    """Recorded on the day of the import; a module she has already is not recorded again."""
    progress = await find_progress(tx, list(members))
    facts = [
        record_training(members[person], module, on, today=on, at=tx.now)
        for person, module in dict.fromkeys((entry.person, module) for entry in entries for module in entry.trained)
        if module not in progress[person].trained
    ]
    return await keep_trainings(facts, tx)
