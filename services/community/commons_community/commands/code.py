"""Publishing a code of conduct."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.community import CodeOfConductView, PublishCodeOfConduct

from ..rules.code import CodeOfConduct, code_of
from ..tables import code_versions, codes_of_conduct
from ..views import code_view


@answers
async def publish_code_of_conduct(cmd: PublishCodeOfConduct, tx: Tx) -> CodeOfConductView:
    code = await _the_code(cmd, tx)
    published = code.publish(at=tx.now)
    row = {"code": code.id, "number": code.newest, "texts": dict(cmd.texts), "published_at": tx.now}
    await tx.run(sa.insert(code_versions).values(project=tx.project, **row))
    await tx.emit(published)
    return code_view({**row, "kind": code.kind}, tx.actor.language)


async def _the_code(cmd: PublishCodeOfConduct, tx: Tx) -> CodeOfConduct:
    """Made without asking first, so that two coordinators who publish the first version at once get 1 and 2."""
    id = code_of(tx.project, cmd.kind)
    fresh = insert(codes_of_conduct).values(id=id, project=tx.project, kind=cmd.kind, newest=0, version=1)
    await tx.run(fresh.on_conflict_do_nothing())
    return await tx.load(CodeOfConduct, id)
