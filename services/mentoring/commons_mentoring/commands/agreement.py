"""Agreeing: proposing a version, signing it, changing a goal, extending the period."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.mentoring import (
    AgreementView,
    ExtendMentorship,
    MentorshipView,
    ProposeAgreement,
    ProposeExtension,
    ReviseGoal,
    SignAgreement,
    Terms,
)

from ..pace import watch_period
from ..rules import agreement as rule
from ..rules import extension
from ..rules.agreement import Agreement
from ..rules.goal import revised
from ..rules.mentorship import Mentorship
from ..rules.phase import WORKING
from ..tables.agreement import find_agreement
from ..tables.mentorship import find_lines, find_mentorship
from ..tables.programme import find_design, find_rules, zone_of
from ..views import agreement_view, mentorship_view


@answers
async def propose_agreement(command: ProposeAgreement, tx: Tx) -> AgreementView:
    mentorship = await find_mentorship(tx, command.mentorship)
    return await _propose(tx, mentorship, command.terms)


@answers
async def revise_goal(command: ReviseGoal, tx: Tx) -> AgreementView:
    mentorship = await find_mentorship(tx, command.mentorship)
    mentorship.require_open()
    mentorship.require_phase(WORKING)
    in_force = await find_agreement(tx, mentorship, mentorship.agreement)
    if in_force is None:
        raise Refusal(RefusalCode.AGREEMENT_NOT_SIGNED, missing=rule.unsigned(None))
    return await _propose(tx, mentorship, revised(in_force.terms, command.goal))


@answers
async def sign_agreement(command: SignAgreement, tx: Tx) -> AgreementView:
    mentorship = await find_mentorship(tx, command.mentorship)
    newest = await find_agreement(tx, mentorship, mentorship.newest)
    in_force = await find_agreement(tx, mentorship, mentorship.agreement)
    facts = rule.sign(mentorship, newest, command.version, in_force=in_force, by=tx.person, at=tx.now)
    await tx.emit(*facts)
    signed = _there(newest)
    if signed.number == mentorship.agreement and facts:
        await watch_period(tx, mentorship, await find_rules(tx, mentorship.programme))
    return agreement_view(signed)


@answers
async def propose_extension(command: ProposeExtension, tx: Tx) -> MentorshipView:
    mentorship = await find_mentorship(tx, command.mentorship)
    rules, zone = await find_rules(tx, mentorship.programme), await zone_of(tx)
    facts = extension.propose_extension(mentorship, command.ends_on, rules=rules, by=tx.person, at=tx.now, zone=zone)
    await tx.emit(*facts)
    return mentorship_view(mentorship, await find_lines(tx, mentorship))


@answers
async def extend_mentorship(command: ExtendMentorship, tx: Tx) -> MentorshipView:
    mentorship = await find_mentorship(tx, command.mentorship)
    rules = await find_rules(tx, mentorship.programme)
    longer, facts = extension.extend(
        mentorship,
        command.ends_on,
        in_force=await find_agreement(tx, mentorship, mentorship.agreement),
        newest=await find_agreement(tx, mentorship, mentorship.newest),
        rules=rules,
        by=tx.person,
        at=tx.now,
        zone=await zone_of(tx),
    )
    tx.add(longer)
    await tx.emit(*facts)
    await watch_period(tx, mentorship, rules)
    return mentorship_view(mentorship, await find_lines(tx, mentorship))


async def _propose(tx: Tx, mentorship: Mentorship, terms: Terms) -> AgreementView:
    await _require_contact(tx, mentorship)
    agreement, facts = rule.propose(
        mentorship,
        terms,
        design=await find_design(tx, mentorship.programme),
        before=await find_agreement(tx, mentorship, mentorship.newest),
        by=tx.person,
        at=tx.now,
        zone=await zone_of(tx),
    )
    tx.add(agreement)
    await tx.emit(*facts)
    return agreement_view(agreement)


async def _require_contact(tx: Tx, mentorship: Mentorship) -> None:
    """Words reach the other one here: not where one has blocked the other, nor where someone is not known any more."""
    contact = await may_contact(tx, mentorship.mentor, mentorship.mentee)
    if contact is Contact.UNKNOWN:
        raise Refusal(RefusalCode.SAFEGUARDING_UNKNOWN)
    if contact is Contact.BLOCKED:
        raise Refusal(RefusalCode.RELATIONSHIP_FROZEN)


def _there(agreement: Agreement | None) -> Agreement:
    if agreement is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return agreement
