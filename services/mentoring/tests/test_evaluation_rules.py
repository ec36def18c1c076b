"""Who writes which evaluation when, and who may ever read it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import (
    EvaluationKind,
    EvaluationNeed,
    MentorshipState,
    NoticeCode,
    Phase,
    Readers,
    RefusalCode,
    Role,
    Style,
)
from commons_contracts.ids import MatchId, MentorshipId, PersonId, ProgrammeId, ProjectId, SessionId
from commons_contracts.mentoring import Answer
from commons_mentoring import designs
from commons_mentoring.rules import evaluation as rule
from commons_mentoring.rules.design import Design
from commons_mentoring.rules.evaluation import Session
from commons_mentoring.rules.mentorship import Mentorship

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MENTOR, MENTEE, STRANGER = (PersonId(UUID(int=n)) for n in (1, 2, 3))
THIS, ELSEWHERE = (MentorshipId(UUID(int=n)) for n in (10, 11))
WESTEM = designs.load("westem")
GRADES = (Answer(question="quality", grade=4), Answer(question="effectiveness", grade=5))


def a_mentorship(**changes):
    known = {
        "id": THIS,
        "project": ProjectId(UUID(int=20)),
        "match": MatchId(UUID(int=21)),
        "programme": ProgrammeId(UUID(int=22)),
        "programme_version": 1,
        "mentor": MENTOR,
        "mentee": MENTEE,
        "style": Style.TRADITIONAL,
        "phase": Phase.ENABLING,
        "opened_at": NOON,
        "active_at": NOON,
    }
    return Mentorship(**known | changes)


def a_session(*, held=True, mentorship=THIS):
    return Session(id=SessionId(UUID(int=30)), mentorship=mentorship, held=held)


def evaluated(
    mentorship=None, *, kind=EvaluationKind.SESSION, session=None, author=MENTEE, answers=None, design=WESTEM
):
    if session is None and kind is EvaluationKind.SESSION:
        session = a_session()
    if answers is None:
        answers = GRADES if kind is EvaluationKind.FINAL else (Answer(question=_first(kind), words="Ja."),)
    return rule.evaluate(
        mentorship or a_mentorship(), design, kind=kind, session=session, author=author, answers=answers
    )


def _first(kind):
    return rule.questions(WESTEM, kind)[0]


def refused(**wanted):
    with pytest.raises(Refusal) as no:
        evaluated(**wanted)
    return no.value


def test_each_of_the_two_writes_her_own_of_a_session_that_was_held():
    hers, his = evaluated(author=MENTEE), evaluated(author=MENTOR)
    assert (hers.side, his.side) == (Role.MENTEE, Role.MENTOR)
    assert hers.id != his.id
    assert hers.id == evaluated(author=MENTEE).id, "written anew it is the same one"
    told = hers.told(NOON)
    assert (told.kind, told.by, told.session) == (EvaluationKind.SESSION, Role.MENTEE, a_session().id)
    assert "Ja." not in told.model_dump_json()


def test_of_what_was_not_held_or_is_not_theirs_there_is_none():
    assert refused(session=a_session(held=False)).code is RefusalCode.SESSION_NOT_HELD
    assert refused(session=a_session(mentorship=ELSEWHERE)).code is RefusalCode.NOT_FOUND
    with pytest.raises(Refusal) as no:
        rule.evaluate(a_mentorship(), WESTEM, kind=EvaluationKind.SESSION, session=None, author=MENTEE, answers=GRADES)
    assert no.value.code is RefusalCode.NOT_FOUND
    assert refused(author=STRANGER).code is RefusalCode.NOT_FOUND


def test_looking_back_half_way_begins_when_half_of_it_is_over():
    assert refused(kind=EvaluationKind.MID_POINT).code is RefusalCode.PHASE_FORBIDS
    assert evaluated(a_mentorship(halfway_at=NOON), kind=EvaluationKind.MID_POINT).readers is Readers.AUTHOR


def test_the_final_one_belongs_to_the_closure():
    assert refused(kind=EvaluationKind.FINAL).code is RefusalCode.PHASE_FORBIDS
    assert evaluated(a_mentorship(phase=Phase.CLOSURE), kind=EvaluationKind.FINAL).readers is Readers.PROJECT


def test_what_is_over_or_frozen_is_evaluated_no_more():
    for state, code in (
        (MentorshipState.COMPLETED, RefusalCode.RELATIONSHIP_CLOSED),
        (MentorshipState.FROZEN, RefusalCode.RELATIONSHIP_FROZEN),
    ):
        assert refused(mentorship=a_mentorship(state=state)).code is code


def _needing(**needs):
    return WESTEM.rules.model_copy(update={"steps": WESTEM.rules.steps.model_copy(update=needs)})


@pytest.mark.parametrize(
    ("need", "readers"),
    [
        (None, Readers.AUTHOR),
        (EvaluationNeed.PRIVATE, Readers.AUTHOR),
        (EvaluationNeed.AGGREGATE_ONLY, Readers.AUTHOR),
        (EvaluationNeed.SHARED, Readers.PROJECT),
        (EvaluationNeed.DURING_AND_AFTER, Readers.PROJECT),
    ],
)
def test_who_reads_is_the_programmes_word_and_hers_where_it_says_nothing(need, readers):
    rules = _needing(session_evaluation=need, final_evaluation=need)
    assert rule.readers(rules, EvaluationKind.SESSION) is readers
    assert rule.readers(rules, EvaluationKind.FINAL) is readers
    assert rule.readers(rules, EvaluationKind.MID_POINT) is Readers.AUTHOR


@pytest.mark.parametrize(
    "answers",
    [
        (Answer(question="unasked", words="Ja."),),
        (Answer(question="purpose", grade=3),),
        (Answer(question="purpose", words="Ja."), Answer(question="purpose", words="Nej.")),
    ],
    ids=["not asked", "a grade for words", "twice"],
)
def test_only_what_is_asked_is_answered(answers):
    assert refused(answers=answers).code is RefusalCode.NOT_FOUND


def test_words_are_no_grade():
    no = refused(
        mentorship=a_mentorship(phase=Phase.CLOSURE),
        kind=EvaluationKind.FINAL,
        answers=(*GRADES[1:], Answer(question="quality", words="bra")),
    )
    assert (no.code, no.params["questions"]) == (RefusalCode.NOT_FOUND, ("quality",))


def test_an_empty_one_is_none():
    no = refused(answers=(Answer(question="purpose", words="  "),))
    assert (no.code, no.params["missing"]) == (RefusalCode.SESSION_EVALUATION_REQUIRED, (Role.MENTEE,))
    no = refused(mentorship=a_mentorship(phase=Phase.CLOSURE), kind=EvaluationKind.FINAL, answers=GRADES[:1])
    assert (no.code, no.params["questions"]) == (RefusalCode.FINAL_EVALUATION_REQUIRED, ("effectiveness",))


def test_answers_stand_in_the_order_of_the_set():
    said = (Answer(question="next", words="B"), Answer(question="purpose", words="A"), Answer(question="time"))
    assert [answer.question for answer in evaluated(answers=said).answers] == ["purpose", "next"]


def test_who_has_not_written_is_all_that_anybody_learns():
    assert rule.missing_sides({Role.MENTOR}) == (Role.MENTEE,)
    assert rule.missing_sides({Role.MENTOR, Role.MENTEE}) == ()
    assert rule.missing_sides(frozenset()) == (Role.MENTOR, Role.MENTEE)


def test_sharing_is_told_without_a_word():
    mentorship = a_mentorship()
    shown, notice = rule.sharing(mentorship, evaluated().id, MENTEE, shared=True, at=NOON)
    assert (shown.by, shown.shared) == (Role.MENTEE, True)
    assert (notice.person, notice.code, notice.subject_id) == (mentorship.mentor, NoticeCode.NOTE_SHARED, mentorship.id)
    (taken_back,) = rule.sharing(mentorship, evaluated().id, MENTEE, shared=False, at=NOON)
    assert taken_back.shared is False


def test_a_programme_without_questions_asks_none():
    empty = Design(rules=WESTEM.rules, texts=WESTEM.texts.model_copy(update={"questions": {}}))
    assert rule.questions(empty, EvaluationKind.SESSION) == ()
