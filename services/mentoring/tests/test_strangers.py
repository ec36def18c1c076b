"""Who is not one of the two, whatever else she is in the project: nothing of theirs is hers to change or to see."""

from __future__ import annotations

from datetime import date

import pytest

from commons_chassis.testing import play, refused, run
from commons_contracts.codes import EvaluationKind, Phase, RefusalCode, Role
from commons_contracts.mentoring import (
    AdvancePhase,
    Answer,
    CancelSession,
    CompleteMentorship,
    EndMentorship,
    Evaluate,
    ExtendMentorship,
    GoalTerms,
    HoursByMentorships,
    MentorshipsByIds,
    MentorshipsByMatch,
    MentorshipsPage,
    MentorshipsSince,
    ProposeAgreement,
    ProposeExtension,
    ProposeFirstMeeting,
    RecordSession,
    ResumeMentorship,
    ReviseGoal,
    ScheduleSession,
    SessionsByIds,
    SessionsPage,
    SetAgenda,
    SignAgreement,
    TickItem,
)
from commons_mentoring.app import service

from .pair import FIRST, Pair

STRANGERS = [(Role.MENTOR,), (Role.MENTEE,), (Role.COORDINATOR, Role.SAFEGUARDING_LEAD)]


@pytest.fixture
async def pair(tx, coordinator, seed):
    return await Pair(tx, await seed()).meet()


@pytest.mark.parametrize("roles", STRANGERS, ids=lambda roles: roles[0].value)
async def test_she_changes_nothing(tx, pair, some_terms, roles):
    session, meeting = await pair.plan(), {"starts_at": FIRST, "minutes": 60}
    of_pair = [
        (TickItem, {"item": "TRUST_BUILT"}),
        (AdvancePhase, {"to": Phase.NEGOTIATION}),
        (ProposeAgreement, {"terms": some_terms()}),
        (SignAgreement, {"version": 1}),
        (ReviseGoal, {"goal": GoalTerms(text="Another")}),
        (ProposeExtension, {"ends_on": date(2027, 1, 1)}),
        (ExtendMentorship, {"ends_on": date(2027, 1, 1)}),
        (ResumeMentorship, {}),
        (CompleteMentorship, {}),
        (EndMentorship, {}),
        (ScheduleSession, meeting),
        (ProposeFirstMeeting, meeting),
        (Evaluate, {"kind": EvaluationKind.FINAL, "answers": (Answer(question="goals", words="x"),)}),
    ]
    of_session = [(CancelSession, {}), (RecordSession, {}), (SetAgenda, {"agenda": "x"})]
    wanted = [kind(mentorship=pair.id, **more) for kind, more in of_pair]
    wanted += [kind(session=session.id, **more) for kind, more in of_session]
    for command in wanted:
        await play(tx, roles=roles)
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, command, tx)


@pytest.mark.parametrize("roles", STRANGERS, ids=lambda roles: roles[0].value)
async def test_she_sees_nothing(tx, pair, roles):
    session = await pair.plan()
    await play(tx, roles=roles)
    wanted = [
        MentorshipsPage(),
        MentorshipsByIds(ids=(pair.id,)),
        MentorshipsByMatch(matches=(pair.match.match,)),
        MentorshipsSince(cursor="0"),
        SessionsPage(),
        SessionsByIds(ids=(session.id,)),
        HoursByMentorships(mentorships=(pair.id,)),
    ]
    for query in wanted:
        assert (await run(service, query, tx)).items == (), type(query).__name__
        mine = await pair.do("mentee", query)
        assert mine.items, type(query).__name__
        await play(tx, roles=roles)
