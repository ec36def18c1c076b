"""Readiness: what someone does before she takes part, as the programme's design lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct, ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.profiles import TrainingRecorded

from .membership import Membership

Checklists = Mapping[Role, tuple[ReadinessItem, ...]]

VOUCHED = frozenset({ReadinessItem.MANUAL_READ, ReadinessItem.RESOURCES_EXPLORED})
"""What only she herself can know."""

CODES = {Role.MENTOR: Conduct.MENTOR, Role.MENTEE: Conduct.MENTEE}
"""The mentoring code of each side; whoever is on neither side has the community's."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What one member has done so far."""

    registered: frozenset[Role] = frozenset()
    accepted: Mapping[Conduct, int] = field(default_factory=dict)
    ticked: frozenset[ReadinessItem] = frozenset()
    trained: frozenset[TrainingModule] = frozenset()
    introduced: bool = False

    def done(self, item: ReadinessItem, role: Role, in_force: Mapping[Conduct, int]) -> bool:
        """Whether an item is behind her, for one of her roles (WESTEM mentor manual, checklists of both sides).

        A mentoring code counts only in the version that is in force; where there is none, there is nothing she accepted.
        """
        match item:
            case ReadinessItem.REGISTERED:
                return role in self.registered
            case ReadinessItem.CONDUCT_MENTORING:
                code = CODES.get(role, Conduct.COMMUNITY)
                return code in in_force and self.accepted.get(code) == in_force[code]
            case ReadinessItem.PREPARATION_MEETING:
                return TrainingModule.PREPARATION_MEETING in self.trained
            case ReadinessItem.PRESENTATION:
                return self.introduced
            case _:
                return item in self.ticked


def missing(
    role: Role, checklists: Checklists, progress: Progress, in_force: Mapping[Conduct, int]
) -> tuple[ReadinessItem, ...]:
    """What a role's checklist still wants, in the checklist's order; a role without one wants nothing (journey J1.4)."""
    return tuple(item for item in checklists.get(role, ()) if not progress.done(item, role, in_force))


def checklist(
    roles: Iterable[Role], checklists: Checklists, progress: Progress, in_force: Mapping[Conduct, int]
) -> dict[ReadinessItem, bool]:
    """The items of all her roles, each done when it is done for every role that lists it."""
    lines: dict[ReadinessItem, bool] = {}
    for role in roles:
        for item in checklists.get(role, ()):
            lines[item] = lines.get(item, True) and progress.done(item, role, in_force)
    return lines


def vouch(item: ReadinessItem) -> None:
    if item not in VOUCHED:
        raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, "own word", items=sorted(VOUCHED))


def record_training(
    membership: Membership, module: TrainingModule, held_on: date, *, today: date, at: datetime
) -> TrainingRecorded:
    """A coordinator's record of who was there (rule matrix, training gate), never of what is still to come."""
    if held_on > today:
        raise Refusal(RefusalCode.SESSION_NOT_HELD, "training", today=today)
    return TrainingRecorded(
        project=membership.project,
        at=at,
        membership=membership.id,
        person=membership.person,
        module=module,
        held_on=held_on,
    )
