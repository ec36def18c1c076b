"""Evaluations: written by their author, read by nobody else, shared by an act of their own, gone with the key."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, play, refused, run, told
from commons_contracts.codes import (
    EvaluationKind,
    MentorshipState,
    NoticeCode,
    Phase,
    Readers,
    RefusalCode,
    Role,
    SessionState,
)
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import (
    Answer,
    AnswersByIds,
    DestroyPrivateAnswers,
    Evaluate,
    EvaluationDone,
    EvaluationsByIds,
    EvaluationsOf,
    NoteShared,
    SharedNotesOf,
    ShareNote,
)
from commons_mentoring.app import service
from commons_mentoring.tables import evaluations, private_answers, shared_notes
from commons_mentoring.tables.evaluation import find_evaluated

from .makers import WORDS, Pair, a_pair


@pytest.fixture
async def pair(tx, coordinator, seed) -> Pair:
    return await a_pair(tx, await seed())


async def sheet(tx, *ids):
    return (await run(service, AnswersByIds(ids=ids), tx)).items


async def notes(pair):
    found = (await run(service, SharedNotesOf(mentorships=(pair.mentorship,)), pair.tx)).items
    return [note for one in found for note in one.notes]


async def test_she_writes_it_and_reads_it_and_only_that_she_did_is_told(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    assert (written.author, written.side, written.readers) == (pair.mentee, Role.MENTEE, Readers.AUTHOR)
    assert WORDS not in written.model_dump_json(), "the reply is kept for repeats"
    (read,) = await sheet(tx, written.id)
    assert [answer.words for answer in read.answers] == [WORDS, f"{WORDS} Sedan."]
    done = told(tx)[-1]
    assert isinstance(done, EvaluationDone)
    assert (done.by, done.kind) == (Role.MENTEE, EvaluationKind.SESSION)


@pytest.mark.parametrize("who", ["partner", "coordinator", "operator"])
async def test_nobody_else_reads_it_and_each_learns_that_it_is_there(tx, pair, who):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    if who == "partner":
        await pair.plays(Role.MENTOR)
    else:
        await play(tx, person=PersonId(new_id()), roles=(Role.COORDINATOR,), operator=who == "operator")
    (read,) = await sheet(tx, written.id)
    assert (read.private, read.answers) == (True, ())
    (known,) = (await run(service, EvaluationsByIds(ids=(written.id,)), tx)).items
    assert known == written


async def test_an_operator_who_takes_no_part_learns_no_more(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await play(tx, person=PersonId(new_id()), roles=(), operator=True)
    (read,) = await sheet(tx, written.id)
    assert read.private


async def test_for_a_stranger_and_in_another_project_there_is_none(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await play(tx, person=PersonId(new_id()), roles=(Role.MENTEE,))
    assert await sheet(tx, written.id) == ()
    assert (await run(service, EvaluationsOf(mentorships=(pair.mentorship,)), tx)).items == ()
    await play(tx, person=pair.mentee, roles=(Role.MENTEE,), project=new_id())
    assert await sheet(tx, written.id) == ()


async def test_the_wall_of_the_table_keeps_it_even_from_a_handler_that_forgets(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await pair.plays(Role.MENTOR)
    assert await tx.value(sa.select(sa.func.count()).select_from(private_answers)) == 0
    await pair.plays(Role.MENTEE)
    stored = await tx.value(sa.select(private_answers.c.answers).where(private_answers.c.evaluation == written.id))
    assert WORDS.encode() not in bytes(stored)


async def test_who_has_left_the_project_still_reads_her_own(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await play(tx, person=pair.mentee, roles=())
    (read,) = await sheet(tx, written.id)
    assert read.answers[0].words == WORDS


async def test_written_anew_it_replaces_what_stood_there(tx, pair):
    session = await pair.met()
    first = await pair.evaluates(Role.MENTEE, session)
    again = await pair.evaluates(Role.MENTEE, session, "Nej, förresten.")
    assert first.id == again.id
    (read,) = await sheet(tx, again.id)
    assert read.answers[0].words == "Nej, förresten."


async def test_a_session_that_was_not_held_is_not_evaluated(tx, pair):
    session = await pair.met(state=SessionState.SCHEDULED)
    async with refused(tx, RefusalCode.SESSION_NOT_HELD):
        await pair.evaluates(Role.MENTEE, session)


async def test_nothing_is_shared_by_writing_it_and_one_answer_by_saying_so(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await pair.plays(Role.MENTOR)
    assert await notes(pair) == []

    await pair.plays(Role.MENTEE)
    await run(service, ShareNote(evaluation=written.id, question="purpose"), tx)
    shown, notice = told(tx)[-2:]
    assert isinstance(shown, NoteShared)
    assert (shown.by, shown.shared) == (Role.MENTEE, True)
    assert (notice.person, notice.code, notice.subject_id) == (pair.mentor, NoticeCode.NOTE_SHARED, pair.mentorship)
    for side in Role.MENTOR, Role.MENTEE:
        await pair.plays(side)
        assert [(note.author, note.question, note.words) for note in await notes(pair)] == [
            (pair.mentee, "purpose", WORDS)
        ]
    await pair.plays(Role.MENTOR)
    (read,) = await sheet(tx, written.id)
    assert read.private, "the rest stays hers"
    stored = await tx.value(sa.select(shared_notes.c.words))
    assert WORDS.encode() not in bytes(stored)


async def test_a_note_is_for_the_two_alone(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    await run(service, ShareNote(evaluation=written.id, question="purpose"), tx)
    await play(tx, person=PersonId(new_id()), roles=(Role.COORDINATOR,))
    assert await notes(pair) == []
    assert await tx.value(sa.select(sa.func.count()).select_from(shared_notes)) == 0


async def test_what_was_shared_is_taken_back_by_saying_so_and_by_writing_anew(tx, pair):
    session = await pair.met()
    written = await pair.evaluates(Role.MENTEE, session)
    await run(service, ShareNote(evaluation=written.id, question="purpose"), tx)
    await run(service, ShareNote(evaluation=written.id, question="purpose", shared=False), tx)
    assert await notes(pair) == []
    await run(service, ShareNote(evaluation=written.id, question="next"), tx)
    await pair.evaluates(Role.MENTEE, session)
    assert await notes(pair) == []


async def test_only_her_own_answers_are_hers_to_share(tx, pair):
    written = await pair.evaluates(Role.MENTEE, await pair.met())
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ShareNote(evaluation=written.id, question="time"), tx)
    await pair.plays(Role.MENTOR)
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ShareNote(evaluation=written.id, question="purpose"), tx)


async def test_when_her_key_is_destroyed_nobody_reads_it_any_more(tx, pair):
    session = await pair.met()
    hers, his = await pair.evaluates(Role.MENTEE, session), await pair.evaluates(Role.MENTOR, session)
    await pair.plays(Role.MENTEE)
    await run(service, ShareNote(evaluation=hers.id, question="purpose"), tx)
    await run(service, DestroyPrivateAnswers(), tx)
    (read,) = await sheet(tx, hers.id)
    assert (read.gone, read.answers) == (True, ())
    await pair.plays(Role.MENTOR)
    assert await notes(pair) == []
    (read,) = await sheet(tx, his.id)
    assert read.answers[0].words == WORDS, "his key is his own"
    (known,) = (await run(service, EvaluationsByIds(ids=(hers.id,)), tx)).items
    assert known.done_at == NOON


async def test_the_final_one_is_the_projects_and_not_the_partners(tx, pair):
    await pair.stands(phase=Phase.CLOSURE)
    written = await pair.looks_back(Role.MENTEE, Answer(question="goals", words="Två av tre."))
    assert written.readers is Readers.PROJECT
    (read,) = await sheet(tx, written.id)
    assert [answer.question for answer in read.answers] == ["quality", "effectiveness", "goals"]
    await play(tx, person=PersonId(new_id()), roles=(Role.COORDINATOR,))
    (read,) = await sheet(tx, written.id)
    assert (read.answers[2].words, read.answers[0].grade) == ("Två av tre.", 4)
    await pair.plays(Role.MENTOR)
    (read,) = await sheet(tx, written.id)
    assert read.private


async def test_half_way_is_looked_back_on_when_it_is_half_way(tx, pair):
    await pair.plays(Role.MENTOR)
    asked = Evaluate(
        mentorship=pair.mentorship,
        kind=EvaluationKind.MID_POINT,
        answers=(Answer(question="progress", words=WORDS),),
    )
    async with refused(tx, RefusalCode.PHASE_FORBIDS):
        await run(service, asked, tx)
    await pair.stands(halfway_at=NOON)
    assert (await run(service, asked, tx)).readers is Readers.AUTHOR
    assert await find_evaluated(tx, pair.mentorship, EvaluationKind.MID_POINT) == {Role.MENTOR}
    assert await find_evaluated(tx, pair.mentorship, EvaluationKind.FINAL) == frozenset()


async def test_a_final_one_without_its_grades_is_none(tx, pair):
    await pair.stands(phase=Phase.CLOSURE)
    await pair.plays(Role.MENTOR)
    asked = Evaluate(
        mentorship=pair.mentorship, kind=EvaluationKind.FINAL, answers=(Answer(question="goals", words="Alla."),)
    )
    async with refused(tx, RefusalCode.FINAL_EVALUATION_REQUIRED, questions=("quality", "effectiveness")):
        await run(service, asked, tx)


async def test_what_is_over_is_not_evaluated(tx, pair):
    session = await pair.met()
    await pair.stands(state=MentorshipState.ENDED_NO_FAULT)
    async with refused(tx, RefusalCode.RELATIONSHIP_CLOSED):
        await pair.evaluates(Role.MENTEE, session)


async def test_each_evaluates_a_session_for_herself(tx, pair):
    session = await pair.met()
    for side in Role.MENTOR, Role.MENTEE:
        await pair.evaluates(side, session)
    (of,) = (await run(service, EvaluationsOf(mentorships=(pair.mentorship,)), tx)).items
    assert {view.side for view in of.evaluations} == {Role.MENTOR, Role.MENTEE}
    assert await find_evaluated(tx, pair.mentorship, EvaluationKind.SESSION) == {Role.MENTOR, Role.MENTEE}


def test_no_column_of_words_is_left_in_the_clear():
    """Of what is private, everything but ids, codes and times is sealed."""
    for table in private_answers, shared_notes:
        for column in table.columns:
            plain = isinstance(column.type, sa.Text | sa.String | pg.JSONB) and not isinstance(column.type, sa.Enum)
            assert not plain or column.name == "question", column
    assert not [c for c in evaluations.columns if isinstance(c.type, pg.JSONB | sa.LargeBinary)]
