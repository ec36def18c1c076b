"""Describing oneself, and consenting to be shown."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import (
    DescribeProfile,
    GiveMediaConsent,
    MediaConsentChanged,
    OwnProfileView,
    WithdrawMediaConsent,
)

from ..lists import stem_fields
from ..rules.profile import Profile
from ..tables import media_consents
from ..views import find_organisations, find_own_profile
from .membership import own_membership


@answers
async def describe_profile(cmd: DescribeProfile, tx: Tx) -> OwnProfileView:
    membership = await own_membership(tx)
    profile = await tx.load(Profile, membership.id)
    membership.come_in()
    named = await find_organisations(tx, [cmd.description])
    facts = profile.describe(cmd.description, cmd.motivation, fields=stem_fields(), organisations=named, at=tx.now)
    await tx.emit(*facts)
    return await find_own_profile(tx)


@answers
async def give_media_consent(_: GiveMediaConsent, tx: Tx) -> OwnProfileView:
    consent = {"id": new_id(), "project": tx.project, "person": tx.person, "language": tx.actor.language}
    put = insert(media_consents).values(**consent, given_at=tx.now).on_conflict_do_nothing()
    await _tell_if_changed(await tx.run(put), given=True, tx=tx)
    return await find_own_profile(tx)


@answers
async def withdraw_media_consent(_: WithdrawMediaConsent, tx: Tx) -> OwnProfileView:
    """As easy as giving; the row stays as proof of what once was."""
    c = media_consents.c
    standing = (c.project == tx.project) & (c.person == tx.person) & c.withdrawn_at.is_(None)
    end = sa.update(media_consents).where(standing).values(withdrawn_at=tx.now)
    await _tell_if_changed(await tx.run(end), given=False, tx=tx)
    return await find_own_profile(tx)


async def _tell_if_changed(rows: int, *, given: bool, tx: Tx) -> None:
    if rows:
        membership = await own_membership(tx)
        await tx.emit(
            MediaConsentChanged(
                project=tx.project, at=tx.now, membership=membership.id, person=membership.person, given=given
            )
        )
