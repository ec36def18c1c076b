"""An introduction: how a mentor presents herself to those who may ask her."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import ReadinessItem, RefusalCode
from commons_contracts.ids import MembershipId, PersonId, ProjectId, Tongue
from commons_contracts.profiles import IntroductionPublished, IntroductionWithdrawn

from .membership import Membership


@dataclass(eq=False, kw_only=True)
class Introduction:
    """The mentor presentation (WESTEM mentor manual, presentation form)."""

    id: MembershipId
    project: ProjectId
    person: PersonId
    title: str
    text: str
    language: Tongue
    published: bool = False

    def rewrite(self, title: str, text: str, language: Tongue) -> None:
        """A published one stays published: it is hers to word."""
        self.title, self.text, self.language = title, text, language

    def withdraw(self, *, at: datetime) -> list[IntroductionWithdrawn]:
        if not self.published:
            return []
        self.published = False
        return [IntroductionWithdrawn(project=self.project, at=at, membership=self.id, person=self.person)]


def introduce(membership: Membership, title: str, text: str, language: Tongue) -> Introduction:
    return Introduction(
        id=membership.id,
        project=membership.project,
        person=membership.person,
        title=title,
        text=text,
        language=language,
    )


def publish(
    introduction: Introduction | None, missing: Collection[ReadinessItem], *, at: datetime
) -> list[IntroductionPublished]:
    """Published where the mentor's checklist is done, and in any case written (journey J1.4)."""
    unwritten = () if introduction is not None else (ReadinessItem.PRESENTATION,)
    undone = {*missing, *unwritten}
    if introduction is None or undone:
        raise Refusal(RefusalCode.MENTOR_NOT_READY, missing=[item for item in ReadinessItem if item in undone])
    if introduction.published:
        return []
    introduction.published = True
    return [
        IntroductionPublished(
            project=introduction.project, at=at, membership=introduction.id, person=introduction.person
        )
    ]
