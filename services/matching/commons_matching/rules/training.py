"""Training: what those who mentor have gone through, how long it holds, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from commons_contracts.base import Refusal
from commons_contracts.codes import ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.mentoring import EntryRules, ProgrammeRules

Held = Mapping[TrainingModule, date]
"""When someone last took part in each module."""

ON_CHECKLIST = {ReadinessItem.PREPARATION_MEETING: TrainingModule.PREPARATION_MEETING}
"""Modules that a checklist may hold as one of its items."""


def modules_for(rules: ProgrammeRules, role: Role) -> tuple[TrainingModule, ...]:
    """What a role is trained in, and what every unit of the programme asks of who leads it (Women STEM Up guide, group
    mentoring: facilitation needs a training of its own).
    """
    entry = rules.entry
    units = [module for unit in rules.units for module in entry.unit_training.get(unit, ())] if _leads(role) else []
    return tuple(dict.fromkeys((*entry.training.get(role, ()), *units)))


def missing(rules: ProgrammeRules, role: Role, held: Held, *, on: date) -> tuple[TrainingModule, ...]:
    """Never taken, or longer ago than the programme lets it hold: 365 days unless it says otherwise (journey J5.4)."""
    return tuple(module for module in modules_for(rules, role) if not _holds(rules.entry, held.get(module), on))


def require_training(rules: ProgrammeRules, role: Role, held: Held, *, on: date) -> None:
    if modules := missing(rules, role, held, on=on):
        raise Refusal(RefusalCode.TRAINING_REQUIRED, modules=modules)


def require_training_to_join(rules: ProgrammeRules, role: Role, held: Held, *, on: date) -> None:
    """What stands on the role's checklist may still come: nobody is introduced to mentees before all of that is done."""
    later = {ON_CHECKLIST[item] for item in rules.entry.readiness.get(role, ()) if item in ON_CHECKLIST}
    if modules := tuple(module for module in missing(rules, role, held, on=on) if module not in later):
        raise Refusal(RefusalCode.TRAINING_REQUIRED, modules=modules)


def _leads(role: Role) -> bool:
    return role in {Role.MENTOR, Role.FACILITATOR}


def _holds(entry: EntryRules, taken: date | None, on: date) -> bool:
    """Through the last of its days, that day included."""
    days = entry.training_valid_days
    return taken is not None and (days is None or on <= taken + timedelta(days=days))
