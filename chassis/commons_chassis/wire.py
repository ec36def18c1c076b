"""Headers: what travels beside a message, and nothing of it in the message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from commons_contracts.base import Actor
from commons_contracts.codes import Language
from commons_contracts.ids import PersonId, ProjectId

ACTOR = "Commons-Actor"
KEY = "Commons-Key"
LEFT = "Commons-Left"
"""Milliseconds the caller will still wait: no two machines' wall clocks are compared."""
AFTER = "Commons-After"
"""Facts the caller has brought about herself: `owner/aggregate/seq,...`; answer when they are heard."""
WROTE = "Commons-Wrote"
TRACE, FACT_TRACE = "traceparent", "ce-traceparent"
"""W3C trace context, of a question and of a fact: whatever comes of it belongs to the request that it began with."""
KIND = "Commons-Kind"
ERROR_CODE = "Nats-Service-Error-Code"
ERROR = "Nats-Service-Error"
MSG_ID = "Nats-Msg-Id"
KNOWN_ACTORS = 4096
"""How many headers are remembered as they were read or written: who asks once, asks again."""


class Envelope(BaseModel):
    """What is known of a fact besides what it says (CloudEvents 1.0 attributes in `ce-` headers)."""

    id: UUID
    aggregate: UUID
    seq: int = Field(ge=1, lt=1 << 31)
    cause: UUID | None = None
    about: tuple[UUID, ...] = ()
    project: UUID

    def headers(self, subject: str, at: str) -> dict[str, str]:
        owner = subject.split(".")[1]
        found = {
            "ce-specversion": "1.0",
            "ce-id": str(self.id),
            "ce-source": f"/commons/{owner}",
            "ce-type": subject,
            "ce-time": at,
            "ce-subject": str(self.aggregate),
            "ce-seq": str(self.seq),
            "ce-project": str(self.project),
        }
        if self.cause:
            found["ce-cause"] = str(self.cause)
        if self.about:
            found["ce-about"] = ",".join(map(str, self.about))
        return found

    @classmethod
    def of(cls, headers: Mapping[str, Any]) -> Envelope:
        about = headers.get("ce-about", "")
        return cls(
            id=headers["ce-id"],
            aggregate=headers["ce-subject"],
            seq=headers["ce-seq"],
            cause=headers.get("ce-cause"),
            about=tuple(about.split(",")) if about else (),
            project=headers["ce-project"],
        )


def subject_on_ground(subject: str, project: UUID) -> str:
    """evt.matching.match_confirmed.v1 -> evt.matching.match_confirmed.v1.<project>"""
    return f"{subject}.{project}"


def kind_of(subject: str) -> str:
    """The way back: without the project."""
    return subject.rpartition(".")[0]


def actor_header(actor: Actor) -> str:
    """Who asks, as it stands in the header; of roles and conduct nothing is said."""
    return _header(actor.person, actor.project, actor.operator, actor.language)


@lru_cache(maxsize=KNOWN_ACTORS)
def _header(person: PersonId | None, project: ProjectId | None, operator: bool, language: Language) -> str:
    actor = Actor(person=person, project=project, operator=operator, language=language)
    return actor.model_dump_json(exclude={"roles", "conduct"})


@lru_cache(maxsize=KNOWN_ACTORS)
def actor_of(header: str) -> Actor:
    """Who asks; without roles and conduct, whatever the header says of them. Raises ValidationError."""
    return Actor.model_validate_json(header).model_copy(update={"roles": frozenset(), "conduct": {}})
