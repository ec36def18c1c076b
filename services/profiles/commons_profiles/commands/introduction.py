"""Writing an introduction, publishing it when ready, and taking it back."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.standing import known, meets
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import membership_of
from commons_contracts.profiles import (
    BatchView,
    OwnProfileView,
    PublishIntroduction,
    PublishIntroductions,
    WithdrawIntroduction,
    WriteIntroduction,
)

from ..rules import introduction as rule
from ..rules.batch import in_row
from ..rules.readiness import missing
from ..views import find_checklists, find_in_force, find_own_profile, find_progress
from .membership import own_membership


@answers
async def write_introduction(cmd: WriteIntroduction, tx: Tx) -> OwnProfileView:
    membership = await own_membership(tx)
    introduction = await tx.find(rule.Introduction, membership.id)
    if introduction is None:
        tx.add(rule.introduce(membership, cmd.title, cmd.text, cmd.language))
    else:
        introduction.rewrite(cmd.title, cmd.text, cmd.language)
    return await find_own_profile(tx)


@answers
async def publish_introduction(_: PublishIntroduction, tx: Tx) -> OwnProfileView:
    membership = await own_membership(tx)
    introduction = await tx.find(rule.Introduction, membership.id)
    progress = (await find_progress(tx, [tx.person]))[tx.person]
    in_force = (await find_in_force(tx, [tx.project]))[tx.project]
    undone = missing(Role.MENTOR, await find_checklists(tx), progress, in_force)
    await tx.emit(*rule.publish(introduction, undone, at=tx.now))
    return await find_own_profile(tx)


@answers
async def publish_introductions(cmd: PublishIntroductions, tx: Tx) -> BatchView:
    """Each by the rule of PublishIntroduction; one refusal, with her row, refuses them all."""
    actors = await known(tx, cmd.persons)
    introductions = await tx.load_many(rule.Introduction, [membership_of(p, tx.project) for p in cmd.persons])
    progress = await find_progress(tx, cmd.persons)
    in_force = (await find_in_force(tx, [tx.project]))[tx.project]
    asked = await find_checklists(tx)
    facts = []
    for row, person in enumerate(cmd.persons):
        with in_row(row):
            await meets(PublishIntroduction, actors[person], tx)
            undone = missing(Role.MENTOR, asked, progress[person], in_force)
            facts += rule.publish(introductions.get(membership_of(person, tx.project)), undone, at=tx.now)
    await tx.emit(*facts)
    return BatchView(count=len(cmd.persons))


@answers
async def withdraw_introduction(_: WithdrawIntroduction, tx: Tx) -> OwnProfileView:
    introduction = await tx.load(rule.Introduction, membership_of(tx.person, tx.project))
    await tx.emit(*introduction.withdraw(at=tx.now))
    return await find_own_profile(tx)
