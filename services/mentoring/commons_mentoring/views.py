"""How mentoring shows its things to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from commons_contracts.codes import MentorshipState, ProgrammeState, Role, SessionState, SessionWarning
from commons_contracts.ids import PersonId, ProgrammeId
from commons_contracts.mentoring import (
    AgreementView,
    ChecklistLine,
    EvaluationView,
    MentorshipView,
    ProgrammeRules,
    ProgrammeTexts,
    ProgrammeView,
    SessionView,
    TaskView,
)

from .rules.agreement import Agreement
from .rules.design import Design, advice, missing
from .rules.mentorship import Mentorship
from .rules.phase import Line
from .rules.programme import Programme


def programme_view(programme: Programme) -> ProgrammeView:
    return view_of(
        id=programme.id,
        number=programme.number,
        state=programme.state,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        rules=programme.rules,
        texts=programme.texts,
    )


def view_of(
    *,
    id: UUID,
    number: int,
    state: ProgrammeState,
    starts_on: date | None,
    ends_on: date | None,
    rules: ProgrammeRules,
    texts: ProgrammeTexts,
) -> ProgrammeView:
    """The keywords are the columns of `programmes` that are shown."""
    design = Design(rules=rules, texts=texts)
    return ProgrammeView(
        id=ProgrammeId(id),
        version=number,
        state=state,
        starts_on=starts_on,
        ends_on=ends_on,
        rules=rules,
        texts=texts,
        missing=missing(design),
        advice=advice(design),
    )


def session_view(row: Mapping[str, Any], viewer: PersonId, now: datetime) -> SessionView:
    """For one of the two; the keys are those of `sessions_of`."""
    sides = {Role.MENTOR: row["mentor"], Role.MENTEE: row["mentee"]}
    shown = {name: row[name] for name in SessionView.model_fields if name in row}
    tasks = tuple(TaskView.model_validate(task | {"owner": sides[Role(task["owner"])]}) for task in row["tasks"])
    agreed, state, proposed_by = row["minutes_a_month"], row["state"], sides[row["proposed_by"]]
    open_now = row["mentorship_state"] == MentorshipState.OPEN
    much = agreed is not None and row["other_minutes"] + row["minutes"] > agreed and state is not SessionState.CANCELLED
    proposed = state is SessionState.PROPOSED and viewer != proposed_by
    return SessionView(
        **shown | {"proposed_by": proposed_by, "tasks": tasks},
        warnings=(SessionWarning.HOURS_EXCEEDED,) if much else (),
        may_accept=open_now and proposed and now < row["starts_at"],
        may_record=open_now and state is SessionState.SCHEDULED and row["starts_at"] <= now,
    )


def mentorship_view(mentorship: Mentorship, lines: Iterable[Line]) -> MentorshipView:
    """As it is now, with the checklists that are open in it."""
    shown = [asdict(line) for line in lines if line.phase in mentorship.open_phases]
    return shown_mentorship({**asdict(mentorship), "checklist": shown})


def shown_mentorship(row: Mapping[str, Any]) -> MentorshipView:
    """The keys are the columns of `mentorships`, and its open lines as `checklist`."""
    order = {row["merged"]: 0, row["phase"]: 1}
    lines = sorted(row["checklist"], key=lambda line: (order[line["phase"]], line["position"]))
    return MentorshipView.model_validate({**row, "checklist": [_line(line, row) for line in lines]})


def _line(row: Mapping[str, Any], mentorship: Mapping[str, Any]) -> ChecklistLine:
    sides = {Role.MENTOR: "mentor", Role.MENTEE: "mentee"}
    times = {f"{side}_at": row[f"{side}_at"] for side in sides.values()}
    read = {name: datetime.fromisoformat(at) if isinstance(at, str) else at for name, at in times.items()}
    line = Line(
        project=mentorship["project"],
        mentorship=mentorship["id"],
        phase=row["phase"],
        position=row["position"],
        item=row["item"],
        asked_of=row["asked_of"],
        **read,
    )
    ticked = tuple(mentorship[sides[side]] for side in line.ticks)
    return ChecklistLine(
        item=line.item,
        phase=line.phase,
        asked_of=line.asked_of,
        done=line.done,
        done_by=ticked[0] if line.done else None,
        ticked_by=ticked,
    )


def agreement_view(agreement: Agreement) -> AgreementView:
    return shown_agreement(vars(agreement))


def shown_agreement(row: Mapping[str, Any]) -> AgreementView:
    """The keys are the columns of `agreements`."""
    proposer = row["mentor"] if row["proposed_by"] == Role.MENTOR else row["mentee"]
    return AgreementView.model_validate({**row, "version": row["number"], "proposed_by": proposer})


def evaluation_view(row: Mapping[str, Any]) -> EvaluationView:
    """The keys are the columns of `evaluations`."""
    return EvaluationView.model_validate(dict(row))
