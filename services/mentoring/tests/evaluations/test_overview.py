"""What coordinators see: figures of enough people, and tables that no spreadsheet mistakes."""

from __future__ import annotations

import csv
import io
from base64 import b64decode

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, play, refused, run
from commons_contracts.codes import MentorshipState, Phase, RefusalCode, Role, SessionState
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import Answer, EvaluationsTable, MentorshipsTable, Overview, RecordsPage
from commons_mentoring.app import service

from .makers import WORDS, a_pair


@pytest.fixture
async def programme(coordinator, seed):
    return await seed()


async def coordinates(tx):
    await play(tx, person=PersonId(new_id()), roles=(Role.COORDINATOR,))


async def overview(tx, programme=None):
    await coordinates(tx)
    return await run(service, Overview(programme=programme.id if programme else None), tx)


async def test_mentorships_by_phase_and_what_came_of_them(tx, programme):
    pairs = [await a_pair(tx, programme) for _ in range(4)]
    await pairs[0].stands(phase=Phase.CLOSURE, state=MentorshipState.COMPLETED, over_at=NOON)
    await pairs[1].stands(listed_at=NOON)
    await pairs[2].stands(state=MentorshipState.PAUSED_INACTIVE)
    await pairs[0].met(minutes=50)
    await pairs[0].met(minutes=40, days=9)
    await pairs[1].met(minutes=60, state=SessionState.SCHEDULED)
    seen = await overview(tx)
    assert (seen.mentorships, seen.completed, seen.ended, seen.stuck) == (4, 1, 0, 2)
    assert (seen.sessions, seen.minutes) == (2, 90)
    assert {(s.phase, s.state): s.count for s in seen.standings} == {
        (Phase.CLOSURE, MentorshipState.COMPLETED): 1,
        (Phase.PREPARATION, MentorshipState.OPEN): 2,
        (Phase.PREPARATION, MentorshipState.PAUSED_INACTIVE): 1,
    }
    assert await overview(tx, programme) == seen.model_copy(update={"programme": programme.id})


async def test_who_is_stuck_stands_first_on_her_list(tx, programme):
    running, stuck = await a_pair(tx, programme), await a_pair(tx, programme)
    await stuck.stands(listed_at=NOON)
    session = await stuck.met(minutes=30)
    await stuck.evaluates(Role.MENTEE, session)
    await coordinates(tx)
    every = await run(service, RecordsPage(), tx)
    assert {record.id for record in every.items} == {running.mentorship, stuck.mentorship}
    (record,) = (await run(service, RecordsPage(stuck=True), tx)).items
    assert (record.id, record.stuck, record.sessions, record.minutes) == (stuck.mentorship, True, 1, 30)
    assert record.still_days == 0
    assert (await run(service, RecordsPage(phase=Phase.CLOSURE), tx)).items == ()
    assert (await run(service, RecordsPage(state=MentorshipState.FROZEN, programme=programme.id), tx)).items == ()


async def test_only_coordinators_see_it(tx, programme):
    await play(tx, person=PersonId(new_id()), roles=(Role.MENTOR,))
    for request in Overview(), RecordsPage(), MentorshipsTable(), EvaluationsTable():
        async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
            await run(service, request, tx)


async def test_grades_of_fewer_than_five_are_not_shown_nor_how_many_they_are(tx, programme):
    pairs = [await a_pair(tx, programme) for _ in range(5)]
    for at, pair in enumerate(pairs):
        await pair.stands(phase=Phase.CLOSURE)
        await pair.looks_back(Role.MENTEE)
        if at < 4:
            await pair.looks_back(Role.MENTOR)
    seen = await overview(tx, programme)
    assert seen.final_evaluations == 9
    shown = {(grades.question, grades.side): grades for grades in seen.grades}
    assert shown["quality", Role.MENTEE].people == 5
    assert (shown["quality", Role.MENTEE].mean, shown["quality", Role.MENTEE].spread) == (4.0, (0, 0, 0, 5, 0))
    few = shown["quality", Role.MENTOR]
    assert (few.people, few.mean, few.spread) == (None, None, ())
    assert (await overview(tx)).grades == (), "of several programmes together a small one could be reckoned"


def rows(paper):
    assert (paper.media, paper.name[-4:]) == ("text/csv", ".csv")
    return list(csv.DictReader(io.StringIO(b64decode(paper.content).decode("utf-8-sig"))))


async def test_a_table_has_a_row_for_each_mentorship_and_no_word_of_theirs(tx, programme):
    pair = await a_pair(tx, programme)
    await pair.evaluates(Role.MENTEE, await pair.met(minutes=45))
    await coordinates(tx)
    (row,) = rows(await run(service, MentorshipsTable(programme=programme.id), tx))
    assert (row["id"], row["sessions"], row["minutes"], row["phase"]) == (
        str(pair.mentorship),
        "1",
        "45",
        "PREPARATION",
    )
    assert WORDS not in str(row)


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1"])
async def test_what_people_wrote_is_no_formula(tx, programme, words):
    pair = await a_pair(tx, programme)
    await pair.stands(phase=Phase.CLOSURE)
    await pair.looks_back(Role.MENTEE, Answer(question="goals", words=words))
    await pair.evaluates(Role.MENTEE, await pair.met())
    await coordinates(tx)
    table = rows(await run(service, EvaluationsTable(programme=programme.id), tx))
    assert [(row["question"], row["grade"]) for row in table] == [
        ("quality", "4"),
        ("effectiveness", "5"),
        ("goals", ""),
    ]
    assert table[2]["words"] == f"'{words}"
    assert WORDS not in str(table), "what she wrote for herself is in no table"
