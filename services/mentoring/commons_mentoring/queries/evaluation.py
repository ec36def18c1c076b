"""Reading evaluations: that they are there, what stands in them, and what the two have shown each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import Readers, Role
from commons_contracts.ids import MentorshipId
from commons_contracts.mentoring import (
    AnswersByIds,
    Evaluated,
    EvaluatedMentorships,
    Evaluations,
    EvaluationsByIds,
    EvaluationsOf,
    EvaluationView,
    NotesOfOne,
    SharedNote,
    SharedNotes,
    SharedNotesOf,
    Sheet,
    Sheets,
)

from ..tables import evaluations, mentorships, private_answers, project_answers, shared_notes
from ..tables.evaluation import read
from ..tables.mentorship import mine
from ..views import evaluation_view

e, m, private, note = evaluations.c, mentorships.c, private_answers.c, shared_notes.c
T = TypeVar("T", EvaluationView, SharedNote)


@answers
async def evaluations_of(query: EvaluationsOf, tx: Tx) -> EvaluatedMentorships:
    views = await _listed(e.mentorship.in_(query.mentorships), tx)
    return EvaluatedMentorships(
        items=tuple(Evaluated(mentorship=id, evaluations=tuple(own)) for id, own in _by_mentorship(views).items())
    )


@answers
async def evaluations_by_ids(query: EvaluationsByIds, tx: Tx) -> Evaluations:
    return Evaluations(items=tuple(await _listed(e.id.in_(query.ids), tx)))


@answers
async def answers_by_ids(query: AnswersByIds, tx: Tx) -> Sheets:
    """Where there is nothing that she may know of there is no sheet, and where she may know of it but not read it, why."""
    rows = await tx.rows(_known(tx).where(e.id.in_(query.ids)))
    hers = [row["id"] for row in rows if row["readers"] == Readers.AUTHOR and row["author"] == tx.person]
    opened = await _opened(hers, tx)
    shared = [row["id"] for row in rows if row["readers"] == Readers.PROJECT and _reads(row, tx)]
    told = await _told(shared, tx)
    return Sheets(items=tuple(_sheet(row["id"], opened, told) for row in rows))


@answers
async def shared_notes_of(query: SharedNotesOf, tx: Tx) -> SharedNotes:
    """The wall of the table shows them to the two alone; they open with their authors' keys."""
    among = sa.select(shared_notes, e.kind, e.session).join(evaluations, e.id == note.evaluation)
    pair = (note.mentor == tx.person) | (note.mentee == tx.person)
    rows = await tx.rows(among.where(note.mentorship.in_(query.mentorships), pair).order_by(note.shared_at, note.id))
    by_author: dict[UUID, dict[UUID, bytes]] = defaultdict(dict)
    for row in rows:
        by_author[row["author"]][row["id"]] = row["words"]
    words: dict[UUID, str | None] = {}
    for author, closed in by_author.items():
        words |= await tx.seal.open(closed, table="shared_notes", author=author)
    shown = [{**row, "words": words[row["id"]]} for row in rows if words[row["id"]] is not None]
    notes = _by_mentorship([SharedNote.model_validate(row) for row in shown])
    return SharedNotes(items=tuple(NotesOfOne(mentorship=id, notes=tuple(own)) for id, own in notes.items()))


def _by_mentorship(things: Sequence[T]) -> dict[MentorshipId, list[T]]:
    found: dict[MentorshipId, list[T]] = defaultdict(list)
    for thing in things:
        found[thing.mentorship].append(thing)
    return found


async def _listed(wanted: sa.ColumnElement[bool], tx: Tx) -> list[EvaluationView]:
    rows = await tx.rows(_known(tx).where(wanted).order_by(e.done_at, e.id))
    return [evaluation_view(row) for row in rows]


def _known(tx: Tx) -> sa.Select[Any]:
    """Those that the viewer may know of: her own, those of her mentorships, as coordinator or operator all."""
    found: sa.Select[Any] = sa.select(evaluations)
    if Role.COORDINATOR in tx.actor.roles or tx.actor.operator:
        return found
    hers = mine(tx) if tx.actor.roles else sa.false()
    return found.join(mentorships, m.id == e.mentorship).where(hers | (e.author == tx.person))


def _reads(row: Row, tx: Tx) -> bool:
    return row["author"] == tx.person or Role.COORDINATOR in tx.actor.roles


async def _opened(ids: Sequence[UUID], tx: Tx) -> Mapping[UUID, str | None]:
    rows = await tx.rows(sa.select(private.evaluation, private.answers).where(private.evaluation.in_(ids)))
    closed = {row["evaluation"]: row["answers"] for row in rows}
    return await tx.seal.open(closed, table="private_answers", author=tx.person)


async def _told(ids: Sequence[UUID], tx: Tx) -> Mapping[UUID, Sequence[object]]:
    rows = await tx.rows(sa.select(project_answers).where(project_answers.c.evaluation.in_(ids)))
    return {row["evaluation"]: row["answers"] for row in rows}


def _sheet(id: Any, opened: Mapping[UUID, str | None], told: Mapping[UUID, Sequence[object]]) -> Sheet:
    if id in opened:
        return Sheet(id=id, answers=read(opened[id]), gone=opened[id] is None)
    return Sheet(id=id, answers=read(told[id])) if id in told else Sheet(id=id, private=True)
