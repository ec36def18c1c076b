"""Describing oneself, consenting to be shown, and keeping someone away."""

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import refused, run, told
from commons_contracts.codes import Cefr, Goal, Modality, RefusalCode, Role, Stage
from commons_contracts.ids import PLATFORM, derived, membership_of
from commons_contracts.profiles import (
    BlockPerson,
    DescribeProfile,
    Description,
    GiveMediaConsent,
    JoinProject,
    MediaConsentChanged,
    OwnProfile,
    PeopleByIds,
    PersonBlocked,
    PersonUnblocked,
    ProfileDescribed,
    Speaks,
    UnblockPerson,
    WithdrawMediaConsent,
)
from commons_profiles.app import service
from commons_profiles.tables import blocks, media_consents

SAID = Description(
    fields=("0613", "0541"),
    languages=(Speaks(language="sv", level=Cefr.C2), Speaks(language="el", level=Cefr.B1)),
    country="SE",
    place=2673730,
    goals=(Goal.CONFIDENCE,),
    hours=(1 << 56) - 1,
    modality=Modality.HYBRID,
    stage=Stage.BACHELOR,
)


async def test_what_she_says_is_kept_told_in_codes_and_shown_to_members_without_her_motivation(tx, join, act, westem):
    ada = await join(Role.MENTEE)

    view = await run(service, DescribeProfile(description=SAID, motivation="I want to build."), tx)

    assert (view.description, view.motivation) == (SAID, "I want to build.")
    assert told(tx)[-1] == ProfileDescribed(
        project=westem, at=tx.now, membership=membership_of(ada, westem), person=ada, description=SAID
    )
    await join(Role.MENTOR)
    (shown,) = (await run(service, PeopleByIds(ids=(ada,)), tx)).items
    assert (shown.display_name, shown.description) == ("Ada", SAID)
    assert "build" not in shown.model_dump_json()


async def test_saying_the_same_again_is_not_told_again(tx, join):
    await join()
    await run(service, DescribeProfile(description=SAID), tx)
    before = len(told(tx))

    await run(service, DescribeProfile(description=SAID, motivation="Another word."), tx)

    assert len(told(tx)) == before
    assert (await run(service, OwnProfile(), tx)).motivation == "Another word."


async def test_an_unknown_field_is_refused(tx, join):
    await join()

    async with refused(tx, RefusalCode.NOT_FOUND, fields=["0999"]):
        await run(service, DescribeProfile(description=Description(fields=("0999", "0541"))), tx)


async def test_one_project_does_not_see_what_she_told_another(tx, join, open_project, act):
    ada = await join(Role.MENTOR)
    await run(service, DescribeProfile(description=SAID, motivation="For westem."), tx)
    await open_project("stem-nord")
    await act(ada)
    await run(service, JoinProject(roles=(Role.COMPANY,)), tx)

    own = await run(service, OwnProfile(), tx)

    assert (own.description, own.motivation) == (Description(), "")


async def test_media_consent_is_given_and_withdrawn_as_easily(tx, join):
    person = await join()
    before = len(told(tx))

    assert not (await run(service, OwnProfile(), tx)).media_consent
    assert (await run(service, GiveMediaConsent(), tx)).media_consent
    assert (await run(service, GiveMediaConsent(), tx)).media_consent
    assert not (await run(service, WithdrawMediaConsent(), tx)).media_consent
    assert not (await run(service, WithdrawMediaConsent(), tx)).media_consent
    assert (await run(service, GiveMediaConsent(), tx)).media_consent

    facts = told(tx)[before:]
    assert [(type(f), f.person, f.given) for f in facts] == [
        (MediaConsentChanged, person, given) for given in (True, False, True)
    ]
    proofs = await tx.rows(media_consents.select().order_by(media_consents.c.id))
    assert [proof["withdrawn_at"] is None for proof in proofs] == [False, True]


async def test_a_block_holds_in_every_project_and_is_told_once(tx, join, westem):
    ada, eve = await join(), new_id()
    before = len(told(tx))

    await run(service, BlockPerson(person=eve), tx)
    await run(service, BlockPerson(person=eve), tx)

    block = derived("block", ada, eve)
    assert told(tx)[before:] == [PersonBlocked(project=PLATFORM, at=tx.now, block=block, by=ada, person=eve)]
    assert [row["blocked"] for row in await tx.rows(blocks.select())] == [eve]
    assert len(await tx.rows(service.metadata.tables["blocked"].select())) == 1

    await run(service, UnblockPerson(person=eve), tx)
    await run(service, UnblockPerson(person=eve), tx)

    assert told(tx)[before + 1 :] == [PersonUnblocked(project=PLATFORM, at=tx.now, block=block, by=ada, person=eve)]
    assert await tx.rows(blocks.select()) == []
    assert await tx.rows(service.metadata.tables["blocked"].select()) == []


async def test_nobody_blocks_herself(tx, join):
    ada = await join()

    async with refused(tx, RefusalCode.SELF_REQUEST):
        await run(service, BlockPerson(person=ada), tx)


async def test_the_blocked_do_not_see_that_they_are(tx, join, register):
    ada = await join()
    eve = await register("Eve")
    tx.actor = tx.actor.model_copy(update={"person": ada})
    await tx.enter(own=False)
    await run(service, BlockPerson(person=eve), tx)

    tx.actor = tx.actor.model_copy(update={"person": eve})
    await tx.enter(own=False)

    assert await tx.rows(blocks.select()) == []


@pytest.mark.parametrize("command", [DescribeProfile(description=SAID), GiveMediaConsent(), WithdrawMediaConsent()])
async def test_a_stranger_has_no_profile(tx, westem, register, command):
    await register()

    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, command, tx)
