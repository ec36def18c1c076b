"""Someone who may ask."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_contracts.base import Actor
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, ProjectId

from . import counting


async def a_member(house):
    """A member in good standing of a fresh project, where counting looks."""
    actor = Actor(person=PersonId(new_id()), project=ProjectId(new_id()))
    t = counting.metadata.tables["standings"]
    row = {"project": actor.project, "person": actor.person, "roles": [Role.NETWORK], "adult": True, "conduct": {}}
    async with house.runtimes["counting"].app.begin() as c:
        await c.execute(sa.text("select set_config('app.project', :p, true)"), {"p": str(actor.project)})
        await c.execute(sa.insert(t).values(**row))
    return actor
