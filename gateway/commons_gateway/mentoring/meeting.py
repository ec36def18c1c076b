"""What a pair can do about its sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import Modality, Role
from commons_contracts.ids import SessionId

from ..context import Info
from ..fields import argument, does, given, wish
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from .sessions import Session

SessionOrRefused = Annotated[
    Session | Refused, strawberry.union("SessionOrRefused", description="The session, or why not.")
]


@wish
class ScheduleSessionInput(Wish):
    """A time to meet."""

    mentorship: strawberry.ID = given("The mentorship.", nodes="Mentorship")
    starts_at: datetime = given("When it begins.")
    minutes: int = given("How long it lasts, within what the programme gives a session.")
    mode: Modality = given("How to meet.", default=Modality.ONLINE)
    agenda: str = given("What it is to be about, up to 4,000 characters. It comes from the mentee.", default="")

    def said(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("starts_at", "minutes", "mode", "agenda")}
        return {**own, "mentorship": uuid_in(self.mentorship, "Mentorship")}


@wish
class SessionInput(Wish):
    """A session that is there."""

    session: strawberry.ID = given("The session.", nodes="Session")


@wish
class AcceptSessionInput(SessionInput):
    """A yes to a session."""

    agenda: str = given("From the mentee, where there is none yet: what it is to be about.", default="")


@wish
class RescheduleSessionInput(SessionInput):
    """Another time for a session."""

    starts_at: datetime = given("When it begins.")
    minutes: int | None = given("How long it lasts; without it as long as before.", default=None)
    mode: Modality | None = given("How to meet; without it as before.", default=None)


@wish
class SetAgendaInput(SessionInput):
    """What a session is to be about."""

    agenda: str = given("The agenda, up to 4,000 characters.")


@wish
class RecordSessionInput(SessionInput):
    """That a session was held."""

    minutes: int | None = given("How long it was; without it as long as planned.", default=None)
    notes: str = given("Its minutes, up to 4,000 characters, for both to read.", default="")


@wish
class WriteNotesInput(SessionInput):
    """The minutes of a session, instead of what stood there."""

    notes: str = given("Its minutes, up to 4,000 characters, for both to read.")


@wish
class AddTaskInput(SessionInput):
    """Something to do until the next time."""

    owner: Role = given("Who does it: MENTOR or MENTEE.")
    what: str = given("What she does, up to 500 characters.")
    due_on: date | None = given("Until when.", default=None)


@wish
class CompleteTaskInput(Wish):
    """Something that is done."""

    task: strawberry.ID = given("The task.", nodes="SessionTask")
    done: bool = given("Whether it is done.", default=True)


def _session(input: SessionInput) -> SessionId:
    return SessionId(uuid_in(input.session, "Session"))


@strawberry.type
class Mutation:
    @does(contract.ProposeFirstMeeting)
    async def propose_first_meeting(
        self, info: Info, input: Annotated[ScheduleSessionInput, argument("The time and the agenda.")]
    ) -> SessionOrRefused | None:
        """Propose the first meeting of a mentorship. For the mentee."""
        return await done(info, input, contract.ProposeFirstMeeting(**input.said()), Session.of)

    @does(contract.ScheduleSession)
    async def schedule_session(
        self, info: Info, input: Annotated[ScheduleSessionInput, argument("The time.")]
    ) -> SessionOrRefused | None:
        """Propose a session. It stands once the other one accepts it."""
        return await done(info, input, contract.ScheduleSession(**input.said()), Session.of)

    @does(contract.AcceptSession)
    async def accept_session(
        self, info: Info, input: Annotated[AcceptSessionInput, argument("The session.")]
    ) -> SessionOrRefused | None:
        """Say yes to a session that the other one has proposed or moved."""
        command = contract.AcceptSession(session=_session(input), agenda=input.agenda)
        return await done(info, input, command, Session.of)

    @does(contract.RescheduleSession)
    async def reschedule_session(
        self, info: Info, input: Annotated[RescheduleSessionInput, argument("The session, and another time.")]
    ) -> SessionOrRefused | None:
        """Propose another time for a session. It stands again once the other one accepts it."""
        command = contract.RescheduleSession(
            session=_session(input), starts_at=input.starts_at, minutes=input.minutes, mode=input.mode
        )
        return await done(info, input, command, Session.of)

    @does(contract.CancelSession)
    async def cancel_session(
        self, info: Info, input: Annotated[SessionInput, argument("The session.")]
    ) -> SessionOrRefused | None:
        """Decline a proposal, take it back, or call a session off. There is no reason to give."""
        return await done(info, input, contract.CancelSession(session=_session(input)), Session.of)

    @does(contract.SetAgenda)
    async def set_agenda(
        self, info: Info, input: Annotated[SetAgendaInput, argument("The session and its agenda.")]
    ) -> SessionOrRefused | None:
        """Say what a session is to be about, until it begins. For the mentee."""
        command = contract.SetAgenda(session=_session(input), agenda=input.agenda)
        return await done(info, input, command, Session.of)

    @does(contract.RecordSession)
    async def record_session(
        self, info: Info, input: Annotated[RecordSessionInput, argument("The session.")]
    ) -> SessionOrRefused | None:
        """Record that a session was held. More hours than agreed are recorded, and said in its `warnings`."""
        command = contract.RecordSession(session=_session(input), minutes=input.minutes, notes=input.notes)
        return await done(info, input, command, Session.of)

    @does(contract.WriteNotes)
    async def write_notes(
        self, info: Info, input: Annotated[WriteNotesInput, argument("The session and its minutes.")]
    ) -> SessionOrRefused | None:
        """Write the minutes of a session that was held."""
        command = contract.WriteNotes(session=_session(input), notes=input.notes)
        return await done(info, input, command, Session.of)

    @does(contract.AddTask)
    async def add_task(
        self, info: Info, input: Annotated[AddTaskInput, argument("The session and the task.")]
    ) -> SessionOrRefused | None:
        """Note what one of the two does until the next time."""
        command = contract.AddTask(session=_session(input), side=input.owner, what=input.what, due_on=input.due_on)
        return await done(info, input, command, Session.of)

    @does(contract.CompleteTask)
    async def complete_task(
        self, info: Info, input: Annotated[CompleteTaskInput, argument("The task.")]
    ) -> SessionOrRefused | None:
        """Tick a task, or untick it."""
        command = contract.CompleteTask(task=uuid_in(input.task, "SessionTask"), done=input.done)
        return await done(info, input, command, Session.of)
