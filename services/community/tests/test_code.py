"""Codes of conduct through the doors: published by a coordinator, read by members."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, play, refused, run, told
from commons_community.app import service
from commons_community.rules.code import code_of
from commons_community.tables import code_versions
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, Language, RefusalCode, Role
from commons_contracts.community import CodeOfConductPublished, ConductInForceNow, PublishCodeOfConduct
from commons_contracts.ids import PersonId, ProjectId, project_of

SV, EN = "Var snäll.", "Be kind."
BOTH = {"sv": SV, "en": EN}


async def publish(tx, kind=Conduct.COMMUNITY, texts=BOTH):
    await play(tx, roles=(Role.COORDINATOR,))
    return await run(service, PublishCodeOfConduct(kind=kind, texts=texts), tx)


async def read(tx, *kinds, language=Language.EN):
    tx.actor = tx.actor.model_copy(update={"language": language})
    return (await run(service, ConductInForceNow(kinds=kinds), tx)).items


async def test_a_published_code_is_told_and_can_be_read(tx):
    view = await publish(tx)

    assert (view.kind, view.version, view.language, view.text) == (Conduct.COMMUNITY, 1, "en", EN)
    assert told(tx) == [
        CodeOfConductPublished(
            project=tx.project,
            at=NOON,
            conduct=code_of(tx.project, Conduct.COMMUNITY),
            kind=Conduct.COMMUNITY,
            version=1,
        )
    ]
    await play(tx)
    assert await read(tx) == (view,)


async def test_the_newest_version_is_in_force_and_the_older_stays_as_it_was(tx):
    await publish(tx)
    await publish(tx, texts={"en": "Be kinder."})

    [view] = await read(tx)

    assert (view.version, view.text) == (2, "Be kinder.")
    assert [event.version for event in told(tx)] == [1, 2]
    kept = await tx.rows(sa.select(code_versions.c.number, code_versions.c.texts).order_by(code_versions.c.number))
    assert [(row["number"], row["texts"]) for row in kept] == [(1, BOTH), (2, {"en": "Be kinder."})]


async def test_each_kind_counts_for_itself_and_so_does_each_project(tx):
    await publish(tx)
    await publish(tx)

    assert (await publish(tx, Conduct.MENTOR)).version == 1
    await play(tx, project=ProjectId(project_of("elsewhere")))
    assert await read(tx) == ()
    assert (await publish(tx)).version == 1


async def test_a_reader_gets_the_best_language_and_is_told_which(tx):
    await publish(tx)

    assert [(code.language, code.text) for code in await read(tx, language=Language.SV)] == [("sv", SV)]
    assert [(code.language, code.text) for code in await read(tx, language=Language.NB)] == [("en", EN)]


async def test_kinds_narrow_and_stand_in_their_usual_order(tx):
    for kind in (Conduct.MENTEE, Conduct.COMMUNITY, Conduct.MENTOR):
        await publish(tx, kind)

    assert [code.kind for code in await read(tx)] == [Conduct.COMMUNITY, Conduct.MENTOR, Conduct.MENTEE]
    assert [code.kind for code in await read(tx, Conduct.MENTEE)] == [Conduct.MENTEE]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
async def test_nobody_but_a_coordinator_publishes(tx, role):
    await play(tx, roles=(role,))

    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, PublishCodeOfConduct(kind=Conduct.COMMUNITY, texts=BOTH), tx)


async def test_a_stranger_neither_publishes_nor_reads(tx):
    await publish(tx)
    tx.actor = Actor(person=PersonId(new_id()), project=tx.project)

    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, PublishCodeOfConduct(kind=Conduct.COMMUNITY, texts=BOTH), tx)
    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await read(tx)
    tx.actor = Actor(project=tx.project)
    with pytest.raises(Fault, match="UNAUTHENTICATED"):
        await read(tx)


async def test_a_version_cannot_be_changed_or_taken_away(tx):
    await publish(tx)

    for attempt in (sa.update(code_versions).values(texts={"en": "Obey."}), sa.delete(code_versions)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with tx.db.begin_nested():
                await tx.run(attempt)
