"""Writing evaluations, showing an answer to the other one, and making all of one's own unreadable."""

from __future__ import annotations

import json
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import Readers, RefusalCode, SessionState
from commons_contracts.ids import MentorshipId, SessionId
from commons_contracts.mentoring import DestroyPrivateAnswers, Evaluate, EvaluationView, ShareNote

from ..rules import evaluation as rule
from ..rules.evaluation import Evaluation, Session
from ..rules.mentorship import Mentorship
from ..tables import evaluations, private_answers, project_answers, shared_notes
from ..tables.evaluation import read, written
from ..tables.mentorship import find_mentorship
from ..tables.programme import find_design
from ..tables.session import sessions
from ..views import evaluation_view

e, private, note = evaluations.c, private_answers.c, shared_notes.c


@answers
async def evaluate(command: Evaluate, tx: Tx) -> EvaluationView:
    """The reply is kept for repeats, so it holds nothing of what was written."""
    mentorship = await find_mentorship(tx, command.mentorship)
    evaluation = rule.evaluate(
        mentorship,
        await find_design(tx, mentorship.programme),
        kind=command.kind,
        session=await _session(command.session, tx) if command.session else None,
        author=tx.person,
        answers=command.answers,
    )
    view = await _keep(evaluation, tx)
    await tx.run(sa.delete(shared_notes).where(note.evaluation == evaluation.id))
    await _write(evaluation, tx)
    await tx.emit(evaluation.told(tx.now))
    return view


@answers
async def share_note(command: ShareNote, tx: Tx) -> EvaluationView:
    row = await tx.row(sa.select(evaluations).where(e.id == command.evaluation, e.author == tx.person))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    mentorship = await find_mentorship(tx, row["mentorship"])
    mentorship.require_open()
    await tx.run(sa.delete(shared_notes).where(note.evaluation == row["id"], note.question == command.question))
    if command.shared:
        await _show(row, command.question, mentorship, tx)
    await tx.emit(*rule.sharing(mentorship, row["id"], tx.person, shared=command.shared, at=tx.now))
    return evaluation_view(row)


@answers
async def destroy_private_answers(_: DestroyPrivateAnswers, tx: Tx) -> Done:
    """What was closed stays where it is, as noise: only that it was written is still known."""
    await tx.seal.destroy(tx.person)
    return Done()


async def _session(id: SessionId, tx: Tx) -> Session | None:
    s = sessions.c
    row = await tx.row(sa.select(s.id, s.mentorship, s.state).where(s.id == id))
    return (
        Session(id=id, mentorship=MentorshipId(row["mentorship"]), held=row["state"] == SessionState.HELD)
        if row
        else None
    )


async def _keep(evaluation: Evaluation, tx: Tx) -> EvaluationView:
    row = {
        "id": evaluation.id,
        "mentorship": evaluation.mentorship.id,
        "kind": evaluation.kind,
        "session": evaluation.session,
        "author": evaluation.author,
        "side": evaluation.side,
        "readers": evaluation.readers,
        "done_at": tx.now,
    }
    put = insert(evaluations).values(**row, project=tx.project)
    await tx.run(put.on_conflict_do_update(index_elements=[e.id], set_={"done_at": tx.now}))
    return evaluation_view(row)


async def _write(evaluation: Evaluation, tx: Tx) -> None:
    if evaluation.readers is Readers.PROJECT:
        row = {"evaluation": evaluation.id, "project": tx.project, "answers": written(evaluation.answers)}
        put = insert(project_answers).values(**row)
        await tx.run(
            put.on_conflict_do_update(index_elements=[project_answers.c.evaluation], set_={"answers": row["answers"]})
        )
        return
    closed = await tx.seal.close(
        json.dumps(written(evaluation.answers)), table="private_answers", row=evaluation.id, author=tx.person
    )
    put = insert(private_answers).values(evaluation=evaluation.id, project=tx.project, person=tx.person, answers=closed)
    await tx.run(put.on_conflict_do_update(index_elements=[private.evaluation], set_={"answers": closed}))


async def _show(row: Row, question: str, mentorship: Mentorship, tx: Tx) -> None:
    """A copy of one answer, sealed with her key as well: it goes when that goes."""
    said = await _own_words(row["id"], question, tx)
    if said is None:
        raise Refusal(RefusalCode.NOT_FOUND, question=question)
    id = new_id()
    words = await tx.seal.close(said, table="shared_notes", row=id, author=tx.person)
    pair = {"mentorship": mentorship.id, "mentor": mentorship.mentor, "mentee": mentorship.mentee}
    shown = {"id": id, "project": tx.project, "evaluation": row["id"], "author": tx.person, **pair}
    await tx.run(insert(shared_notes).values(**shown, question=question, words=words, shared_at=tx.now))


async def _own_words(evaluation: UUID, question: str, tx: Tx) -> str | None:
    closed = await tx.value(sa.select(private.answers).where(private.evaluation == evaluation))
    if closed is None:
        return None
    opened = await tx.seal.open({evaluation: closed}, table="private_answers", author=tx.person)
    said = {answer.question: answer.words for answer in read(opened[evaluation])}
    return said.get(question) or None
