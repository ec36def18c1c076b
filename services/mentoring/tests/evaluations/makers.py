"""Makers of the tests of evaluations: a pair with a session that was held, and its people in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, run
from commons_chassis.tx import Tx
from commons_contracts.codes import EvaluationKind, Modality, Role, SessionState, Style
from commons_contracts.ids import MentorshipId, PersonId, ProgrammeId, SessionId
from commons_contracts.matching import MatchConfirmed
from commons_contracts.mentoring import Answer, Evaluate, EvaluationView
from commons_mentoring.app import service
from commons_mentoring.rules.mentorship import mentorship_of
from commons_mentoring.tables import mentorships, sessions

CONFIRMED = datetime(2026, 9, 12, 8, 30, tzinfo=UTC)
GRADES = (Answer(question="quality", grade=4), Answer(question="effectiveness", grade=5))
WORDS = "Jag vågade säga det först i dag."


@dataclass(frozen=True)
class Pair:
    tx: Tx
    mentorship: MentorshipId
    programme: ProgrammeId
    mentor: PersonId
    mentee: PersonId

    async def plays(self, side: Role) -> None:
        await play(self.tx, person=self.mentor if side is Role.MENTOR else self.mentee, roles=(side,))

    async def stands(self, **changes: object) -> None:
        """As if they had come there."""
        await self.tx.run(sa.update(mentorships).where(mentorships.c.id == self.mentorship).values(**changes))
        self.tx.db.expire_all()

    async def met(self, *, minutes: int = 60, state: SessionState = SessionState.HELD, days: int = 1) -> SessionId:
        begins = CONFIRMED + timedelta(days=days)
        row = {"minutes": minutes, "starts_at": begins, "ends_at": begins + timedelta(minutes=minutes)}
        made = {
            "id": new_id(),
            "project": self.tx.project,
            "mentorship": self.mentorship,
            "state": state,
            "sequence": 0,
        }
        pair = {"mentor": self.mentor, "mentee": self.mentee, "proposed_by": Role.MENTEE, "version": 1}
        await self.tx.run(sa.insert(sessions).values(**row, **made, **pair, mode=Modality.ONLINE))
        return SessionId(made["id"])

    async def evaluates(self, side: Role, session: SessionId, words: str = WORDS) -> EvaluationView:
        await self.plays(side)
        answers = (Answer(question="purpose", words=words), Answer(question="next", words=f"{words} Sedan."))
        asked = Evaluate(mentorship=self.mentorship, kind=EvaluationKind.SESSION, session=session, answers=answers)
        return await run(service, asked, self.tx)

    async def looks_back(self, side: Role, *answers: Answer) -> EvaluationView:
        await self.plays(side)
        asked = Evaluate(mentorship=self.mentorship, kind=EvaluationKind.FINAL, answers=(*GRADES, *answers))
        return await run(service, asked, self.tx)


async def a_pair(tx: Tx, programme, *, style: Style = Style.TRADITIONAL) -> Pair:
    mentor, mentee = [await play(tx, person=PersonId(new_id()), roles=(role,)) for role in (Role.MENTOR, Role.MENTEE)]
    match = MatchConfirmed(
        project=tx.project,
        at=CONFIRMED,
        match=new_id(),
        round=new_id(),
        programme=programme.id,
        programme_version=programme.version,
        connection=None,
        style=style,
        mentor=mentor,
        mentee=mentee,
    )
    await hear(service, match, tx)
    return Pair(tx, mentorship_of(match.match), programme.id, mentor, mentee)
