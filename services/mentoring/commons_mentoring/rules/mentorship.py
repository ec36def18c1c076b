"""A mentorship: two people who found each other, and where they are in the phases of their programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.codes import NoticeCode, Phase, Style
from commons_contracts.ids import MatchId, MentorshipId, PersonId, ProgrammeId, ProjectId, derived
from commons_contracts.mentoring import ItemCode, MentorshipOpened, NoticeWanted, ProgrammeRules


@dataclass(frozen=True, kw_only=True)
class Match:
    """Who was brought together, for what, under which programme version: all that matching tells of it."""

    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style


@dataclass(eq=False, kw_only=True)
class Mentorship:
    """Stays under the programme version it began with, whatever is published later (journey J5.3)."""

    id: MentorshipId
    project: ProjectId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    phase: Phase
    opened_at: datetime

    def told(self) -> tuple[MentorshipOpened | NoticeWanted, ...]:
        """That it was opened: to everyone who listens, and to its two people."""
        opened = MentorshipOpened(
            project=self.project,
            at=self.opened_at,
            mentorship=self.id,
            match=self.match,
            programme=self.programme,
            programme_version=self.programme_version,
            mentor=self.mentor,
            mentee=self.mentee,
            style=self.style,
            phase=self.phase,
        )
        notices = (
            NoticeWanted(
                project=self.project,
                at=self.opened_at,
                person=person,
                code=NoticeCode.MENTORSHIP_OPENED,
                subject_id=self.id,
            )
            for person in (self.mentor, self.mentee)
        )
        return opened, *notices


def mentorship_of(match: MatchId) -> MentorshipId:
    """The one mentorship that a match can lead to, however often the match is told."""
    return MentorshipId(derived("mentorship", match))


def begin(match: Match, rules: ProgrammeRules, *, project: ProjectId, at: datetime) -> Mentorship:
    """It begins in the first phase of its style (WESTEM mentor manual, the four phases: both styles in PREPARATION)."""
    return Mentorship(
        id=mentorship_of(match.match),
        project=project,
        match=match.match,
        programme=match.programme,
        programme_version=match.programme_version,
        mentor=match.mentor,
        mentee=match.mentee,
        style=match.style,
        phase=rules.steps.phases[match.style][0],
        opened_at=at,
    )


def checklist(rules: ProgrammeRules, phase: Phase) -> tuple[ItemCode, ...]:
    """What the two tick in a phase, in the order of the manual (WESTEM mentor manual, the checklists of the phases)."""
    return rules.steps.checklists.get(phase, ())
