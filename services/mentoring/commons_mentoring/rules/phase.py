"""Phases: what is ticked in each, by whom, and what opens the door to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import AgreementNeed, Phase, RefusalCode, Role, Style, Ticker
from commons_contracts.ids import MentorshipId, PersonId, ProjectId
from commons_contracts.mentoring import ItemCode, ItemTicked, PhaseEntered, ProgrammeRules

from .mentorship import SIDES, Mentorship

AGREEING = Phase.NEGOTIATION
"""Where the two make their agreement."""
WORKING = Phase.ENABLING
"""Where they work on their goals, session by session."""
ASKED_OF_ONE = {Ticker.MENTOR: Role.MENTOR, Ticker.MENTEE: Role.MENTEE}


@dataclass(eq=False, kw_only=True)
class Line:
    """A line of a checklist, and when each side ticked it."""

    project: ProjectId
    mentorship: MentorshipId
    phase: Phase
    position: int
    item: ItemCode
    asked_of: Ticker = Ticker.EITHER
    mentor_at: datetime | None = None
    mentee_at: datetime | None = None

    @property
    def ticks(self) -> dict[Role, datetime]:
        """Which side ticked it when, first come first."""
        found = {Role.MENTOR: self.mentor_at, Role.MENTEE: self.mentee_at}
        ticked = {side: at for side, at in found.items() if at is not None}
        return dict(sorted(ticked.items(), key=lambda tick: tick[1]))

    @property
    def done(self) -> bool:
        """What each does for herself is done when both have; anything else when one has."""
        return len(self.ticks) == len(SIDES) if self.asked_of == Ticker.EACH else bool(self.ticks)

    def tick(self, side: Role, *, done: bool, at: datetime) -> bool:
        """False where that changes nothing."""
        if self.asked_of in ASKED_OF_ONE and ASKED_OF_ONE[self.asked_of] != side:
            raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=(ASKED_OF_ONE[self.asked_of],))
        if done == (side in self.ticks):
            return False
        if side == Role.MENTOR:
            self.mentor_at = at if done else None
        else:
            self.mentee_at = at if done else None
        return True


def checklist(rules: ProgrammeRules, style: Style, phase: Phase) -> tuple[ItemCode, ...]:
    """What the two tick in a phase, in the order of the manual (WESTEM mentor manual, the checklists of the phases)."""
    unasked = rules.steps.unasked.get(style, ())
    return tuple(item for item in rules.steps.checklists.get(phase, ()) if item not in unasked)


def lines_of(mentorship: Mentorship, rules: ProgrammeRules) -> tuple[Line, ...]:
    """The checklist of the phase that they have just entered, nothing ticked."""
    return tuple(
        Line(
            project=mentorship.project,
            mentorship=mentorship.id,
            phase=mentorship.phase,
            position=position,
            item=item,
            asked_of=rules.steps.ticked_by.get(item, Ticker.EITHER),
        )
        for position, item in enumerate(checklist(rules, mentorship.style, mentorship.phase))
    )


def tick(
    mentorship: Mentorship, lines: Iterable[Line], item: str, *, by: PersonId, done: bool, at: datetime
) -> tuple[ItemTicked, ...]:
    """A line of an open checklist, by whom it is asked of (WESTEM mentor manual, the checklists of the phases).

    A phase that is over stays ticked as it was.
    """
    side = mentorship.side_of(by)
    mentorship.require_open()
    found = [line for line in lines if line.item == item]
    if not found:
        raise Refusal(RefusalCode.NOT_FOUND)
    line = next((line for line in found if line.phase in mentorship.open_phases), found[0])
    if line.phase not in mentorship.open_phases:
        raise Refusal(RefusalCode.PHASE_FORBIDS, phase=mentorship.phase, allowed=(line.phase,))
    if not line.tick(side, done=done, at=at):
        return ()
    return (ItemTicked(**mentorship.facts(at), phase=line.phase, item=line.item, by=side, done=done),)


def missing(mentorship: Mentorship, lines: Iterable[Line]) -> tuple[ItemCode, ...]:
    """What is still to be ticked in the open checklists."""
    return tuple(line.item for line in lines if line.phase in mentorship.open_phases and not line.done)


def require_ticked(mentorship: Mentorship, lines: Iterable[Line]) -> None:
    """The gate at the end of every phase (WESTEM mentor manual, the checklists; journeys J2.1 and J2.9)."""
    if left := missing(mentorship, lines):
        raise Refusal(RefusalCode.CHECKLIST_INCOMPLETE, phase=mentorship.phase, missing=left)


def advance(
    mentorship: Mentorship,
    to: Phase,
    *,
    lines: Sequence[Line],
    rules: ProgrammeRules,
    unsigned: Sequence[Role],
    merge: bool,
    by: PersonId,
    at: datetime,
) -> PhaseEntered:
    """On to the next phase, through its gates (WESTEM mentor manual, the four phases; flash mentoring leaves one out).

    `unsigned`: who has not signed the newest version of the agreement. `merge` holds this phase and the next in one
    meeting, where the programme allows it: both checklists are open then, and the next gate asks for both.
    """
    mentorship.side_of(by)
    mentorship.require_open()
    phases = rules.steps.phases[mentorship.style]
    if to not in phases:
        raise Refusal(RefusalCode.PHASE_NOT_IN_STYLE, style=mentorship.style, phases=phases)
    here = phases.index(mentorship.phase)
    if phases.index(to) != here + 1:
        raise Refusal(RefusalCode.INVALID_TRANSITION, **{"from": mentorship.phase, "to": to})
    if merge:
        _require_mergeable(mentorship, rules)
    else:
        require_ticked(mentorship, lines)
    _require_agreement(mentorship, rules, unsigned)
    mentorship.merged = mentorship.phase if merge else None
    mentorship.phase = to
    return PhaseEntered(**mentorship.facts(at), phase=to, merged=mentorship.merged)


def works_over_time(rules: ProgrammeRules, style: Style) -> bool:
    """Whether a style has more than one session: flash mentoring has no phase of working (WESTEM mentor manual, styles)."""
    return WORKING in rules.steps.phases.get(style, ())


def _require_mergeable(mentorship: Mentorship, rules: ProgrammeRules) -> None:
    """Preparation and negotiation may share the first meeting (WESTEM mentor manual, the first meeting)."""
    if mentorship.merged is not None or mentorship.phase not in rules.steps.merged:
        raise Refusal(RefusalCode.PHASE_FORBIDS, phase=mentorship.phase, allowed=rules.steps.merged)


def _require_agreement(mentorship: Mentorship, rules: ProgrammeRules, unsigned: Sequence[Role]) -> None:
    """Where the programme asks for an agreement, nobody works without one that both have signed (journey J2.4)."""
    needed = rules.steps.agreement.get(mentorship.style) == AgreementNeed.REQUIRED
    if needed and mentorship.phase == AGREEING and not mentorship.agreement:
        raise Refusal(RefusalCode.AGREEMENT_NOT_SIGNED, missing=tuple(unsigned))
