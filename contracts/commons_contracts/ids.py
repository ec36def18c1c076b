"""Names for identifiers, so that a mentor's id is never taken for a round's; and the ids that follow from a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NewType
from uuid import UUID, uuid5

from pydantic import StringConstraints

PersonId = NewType("PersonId", UUID)
ProjectId = NewType("ProjectId", UUID)
MembershipId = NewType("MembershipId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
ProgrammeId = NewType("ProgrammeId", UUID)
RoundId = NewType("RoundId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
MatchId = NewType("MatchId", UUID)
OfferId = NewType("OfferId", UUID)
WaitingId = NewType("WaitingId", UUID)
FlashSlotId = NewType("FlashSlotId", UUID)
RunId = NewType("RunId", UUID)
ProposalId = NewType("ProposalId", UUID)
CircleId = NewType("CircleId", UUID)
MentorshipId = NewType("MentorshipId", UUID)
SessionId = NewType("SessionId", UUID)
TaskId = NewType("TaskId", UUID)
AgreementId = NewType("AgreementId", UUID)
GoalId = NewType("GoalId", UUID)
ChannelId = NewType("ChannelId", UUID)
NoticeId = NewType("NoticeId", UUID)
SheetId = NewType("SheetId", UUID)
EvaluationId = NewType("EvaluationId", UUID)
PlaceId = NewType("PlaceId", int)
"""A GeoNames id."""


@dataclass(frozen=True)
class Coded:
    """Marks a string that is a code from a published list, and so may stand in an event."""

    scheme: str


Zone = Annotated[str, Coded("IANA time zone"), StringConstraints(pattern=r"^[A-Za-z]+(/[A-Za-z_+-]+)*$", max_length=40)]
Country = Annotated[str, Coded("ISO 3166-1 alpha-2"), StringConstraints(pattern=r"^[A-Z]{2}$")]
Tongue = Annotated[str, Coded("ISO 639 or BCP 47"), StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
FieldCode = Annotated[str, Coded("ISCED-F 2013"), StringConstraints(pattern=r"^[0-9]{2,4}$")]
Slug = Annotated[str, Coded("project slug"), StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]

ROOT = UUID("7f6b1d52-3a70-5c0e-9d0a-5f2f3e1b6c11")
"""The namespace of every id that is derived and not drawn."""


def derived(*parts: object) -> UUID:
    """The same parts give the same id, on every machine and in every replay."""
    return uuid5(ROOT, "\x1f".join(str(part) for part in parts))


def person_of(issuer: str, subject: str) -> PersonId:
    """A person is who her identity provider says she is: no look-up, and none to be missing when a service rests."""
    return PersonId(derived("person", issuer, subject))


def project_of(slug: str) -> ProjectId:
    return ProjectId(derived("project", slug))


def membership_of(person: PersonId, project: ProjectId) -> MembershipId:
    return MembershipId(derived("membership", person, project))


PLATFORM = ProjectId(derived("project", "platform"))
"""The ground of what belongs to no single project: accounts, blocks, organisations."""
