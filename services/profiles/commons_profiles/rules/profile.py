"""A profile: what a member tells of herself, in each project anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import FieldCode, MembershipId, OrganisationId, PersonId, ProjectId
from commons_contracts.profiles import Description, ProfileDescribed, Speaks

from .membership import Membership
from .person import Person

T = TypeVar("T")


@dataclass(eq=False, kw_only=True)
class Profile:
    """Expertise, place and languages, "the more detailed the better the chance" (WESTEM mentor manual, profile).

    One project does not see what she told another, nor by which name (journey J10.1).
    """

    id: MembershipId
    project: ProjectId
    person: PersonId
    display_name: str
    description: Description
    motivation: str

    def describe(
        self,
        description: Description,
        motivation: str,
        *,
        fields: Collection[FieldCode],
        organisations: Collection[OrganisationId] = (),
        at: datetime,
    ) -> list[ProfileDescribed]:
        """`fields` of education and `organisations` that can be named. Told only where what others match by has changed."""
        unknown = sorted(code for code in set(description.fields) if code not in fields)
        if unknown:
            raise Refusal(RefusalCode.NOT_FOUND, "field of education", fields=unknown)
        if description.organisation is not None and description.organisation not in organisations:
            raise Refusal(RefusalCode.NOT_FOUND, "organisation")
        before, self.description, self.motivation = self.description, _tidy(description), motivation
        if self.description == before:
            return []
        return [
            ProfileDescribed(
                project=self.project, at=at, membership=self.id, person=self.person, description=self.description
            )
        ]


def begin_profile(membership: Membership, person: Person) -> Profile:
    """Empty but for the name she goes by."""
    return Profile(
        id=membership.id,
        project=membership.project,
        person=membership.person,
        display_name=person.display_name,
        description=Description(),
        motivation="",
    )


def _tidy(description: Description) -> Description:
    """Each field, goal and language once; of a language named twice, the better level."""
    levels: dict[str, Speaks] = {}
    for spoken in description.languages:
        best = levels.get(spoken.language)
        levels[spoken.language] = spoken if best is None or best.level < spoken.level else best
    return description.model_copy(
        update={
            "fields": _once(description.fields),
            "goals": _once(description.goals),
            "topics": _once(description.topics),
            "languages": tuple(levels.values()),
        }
    )


def _once(things: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(things))
