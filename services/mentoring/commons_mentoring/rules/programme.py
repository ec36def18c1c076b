"""A programme, version by version: drafted, revised, published, and from then on as it was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from commons_contracts.base import Refusal
from commons_contracts.codes import Method, ProgrammeState, RefusalCode
from commons_contracts.ids import ProgrammeId, ProjectId
from commons_contracts.mentoring import (
    Changes,
    DraftRevised,
    ProgrammeDrafted,
    ProgrammePublished,
    ProgrammeRules,
    ProgrammeTexts,
)

from . import design as contents
from .design import Design


@dataclass(eq=False, kw_only=True)
class Programme:
    """One version of a project's programme. `number` counts a project's versions from 1; each has an id of its own."""

    id: ProgrammeId
    project: ProjectId
    number: int
    state: ProgrammeState = ProgrammeState.DRAFT
    starts_on: date | None
    ends_on: date | None
    rules: ProgrammeRules
    texts: ProgrammeTexts

    @property
    def design(self) -> Design:
        return Design(rules=self.rules, texts=self.texts)

    def is_as(self, design: Design, *, starts_on: date | None, ends_on: date | None) -> bool:
        """Whether publishing that design with these dates would only say again what this version says."""
        return self.design == design and (self.starts_on, self.ends_on) == (starts_on, ends_on)

    def revise(
        self, changes: Changes, *, starts_on: date | None, ends_on: date | None, at: datetime, zone: str
    ) -> DraftRevised:
        """Only a draft changes: who is in a running version has been promised it (Women STEM Up guide, iterations)."""
        if self.state == ProgrammeState.PUBLISHED:
            raise Refusal(RefusalCode.PROGRAMME_VERSION_LOCKED, version=self.number)
        starts_on, ends_on = starts_on or self.starts_on, ends_on or self.ends_on
        design = self.design.with_changes(changes)
        check_dates(starts_on, ends_on, today=day(at, zone))
        contents.check(design.rules)
        self.starts_on, self.ends_on, self.rules, self.texts = starts_on, ends_on, design.rules, design.texts
        return DraftRevised(project=self.project, at=at, programme=self.id, version=self.number)

    def publish(self, *, at: datetime, zone: str) -> ProgrammePublished:
        """Published once, whole (Women STEM Up guide, seven steps), and not after the day it was to begin."""
        if self.state == ProgrammeState.PUBLISHED:
            raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": self.state, "to": ProgrammeState.PUBLISHED})
        if missing := contents.missing(self.design):
            raise Refusal(RefusalCode.PROGRAMME_INCOMPLETE, missing=missing)
        earliest, by_lists = day(at, zone), self.rules.matching.method is Method.TWO_WAY
        if by_lists:  # they close before the start, and whoever ranks others needs a day for it at least
            earliest += timedelta(days=1 + self.rules.matching.lists.due_days)
        if self.starts_on is None and (by_lists or self.rules.recruitment_lead_days is not None):
            raise Refusal(RefusalCode.PROGRAMME_DATES_INVALID, field="starts_on", earliest=earliest.isoformat())
        check_dates(self.starts_on, self.ends_on, today=earliest)
        self.state = ProgrammeState.PUBLISHED
        return ProgrammePublished(
            project=self.project,
            at=at,
            programme=self.id,
            version=self.number,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            rules=self.rules,
        )


def draft(
    id: ProgrammeId,
    design: Design,
    *,
    project: ProjectId,
    number: int,
    starts_on: date | None,
    ends_on: date | None,
    at: datetime,
    zone: str,
) -> tuple[Programme, ProgrammeDrafted]:
    """A new version; the dates of the one before are never carried over."""
    check_dates(starts_on, ends_on, today=day(at, zone))
    contents.check(design.rules)
    programme = Programme(
        id=id,
        project=project,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        rules=design.rules,
        texts=design.texts,
    )
    return programme, ProgrammeDrafted(project=project, at=at, programme=id, version=number)


def day(at: datetime, zone: str) -> date:
    """The date that the project's calendar shows at a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def check_dates(starts_on: date | None, ends_on: date | None, *, today: date) -> None:
    """A programme begins today or later, and ends no earlier than it begins (WESTEM framework, recruitment)."""
    for field, chosen, earliest in (("starts_on", starts_on, today), ("ends_on", ends_on, starts_on or today)):
        if chosen is not None and chosen < earliest:
            raise Refusal(RefusalCode.PROGRAMME_DATES_INVALID, field=field, earliest=earliest.isoformat())
