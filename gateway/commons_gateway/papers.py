"""Links to papers: good for minutes, for one viewer; what is behind one is asked for anew in her name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import Language, RefusalCode
from commons_contracts.ids import PersonId, ProjectId

from .context import Desk, Ground
from .fields import said, shape

VALID = timedelta(minutes=5)
SCOPE = "paper"


@shape
class Paper:
    """Where a paper is to be had, for a few minutes and for the viewer alone: whoever has the link has the paper."""

    url: str = said("Its address on this platform, to be opened in a browser.")
    expires_at: datetime = said("When it will be there no more; ask again for another.")


@dataclass(frozen=True)
class Wanted:
    """What a link says: in whose name something is asked for. Nobody but we can read or make one."""

    person: PersonId
    project: ProjectId
    what: str
    key: str
    language: Language


async def link(ground: Ground, what: str, key: object = None) -> Paper | None:
    """A link to what the viewer may ask for there; whether she may is decided when it is opened. None for nobody."""
    person, project, context = ground.actor.person, ground.project, ground.context
    if person is None or project is None:
        return None
    until = (real_now() + VALID).replace(microsecond=0)
    parts = [str(person), str(project), what, str(key or ""), await context.language(), until.timestamp()]
    return Paper(url=f"/papers/{context.desk.seal.close(SCOPE, orjson.dumps(parts).decode())}", expires_at=until)


def wanted(desk: Desk, token: str) -> Wanted:
    """Raises Refusal for a link that is nobody's, or too old."""
    try:
        person, project, what, key, language, until = orjson.loads(desk.seal.open(SCOPE, token))
    except Fault:
        raise Refusal(RefusalCode.NOT_FOUND) from None
    if real_now() > datetime.fromtimestamp(until, UTC):
        raise Refusal(RefusalCode.NOT_FOUND)
    return Wanted(PersonId(UUID(person)), ProjectId(UUID(project)), what, key, Language(language))
