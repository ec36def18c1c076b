"""Evaluations: each person's own answers, what she shares of them, and what the project learns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Entry, Event, Message, Query
from ..codes import EvaluationKind, Readers, Role
from ..ids import EvaluationId, MentorshipId, PersonId, SessionId
from .design import QuestionCode

Words = Annotated[str, Field(max_length=4000)]
Grade = Annotated[int, Field(ge=1, le=5)]


class Answer(Message):
    """To one question of the set: words, or a grade from 1 to 5 where the set asks for one."""

    question: QuestionCode
    words: Words = ""
    grade: Grade | None = None


class EvaluationView(Message):
    """That one was written, and by whom; never what stands in it."""

    id: EvaluationId
    mentorship: MentorshipId
    kind: EvaluationKind
    session: SessionId | None
    author: PersonId
    side: Role
    readers: Readers
    done_at: datetime


class Evaluations(Message):
    items: tuple[EvaluationView, ...]


class Evaluated(Message):
    """The evaluations of one mentorship, the oldest first."""

    mentorship: MentorshipId
    evaluations: tuple[EvaluationView, ...]


class EvaluatedMentorships(Message):
    items: tuple[Evaluated, ...]


class Sheet(Message):
    """The answers of one evaluation, if the viewer may read them.

    `private`: she may not. `gone`: its author's key is destroyed, and with it what it closed.
    """

    id: EvaluationId
    answers: tuple[Answer, ...] = ()
    gone: bool = False
    private: bool = False


class Sheets(Message):
    items: tuple[Sheet, ...]


class SharedNote(Message):
    """One answer that its author has shown to the other one."""

    evaluation: EvaluationId
    mentorship: MentorshipId
    kind: EvaluationKind
    session: SessionId | None
    author: PersonId
    question: QuestionCode
    words: Words
    shared_at: datetime


class NotesOfOne(Message):
    """What the two of one mentorship have shown each other, the oldest first."""

    mentorship: MentorshipId
    notes: tuple[SharedNote, ...]


class SharedNotes(Message):
    items: tuple[NotesOfOne, ...]


class Evaluate(Command[EvaluationView]):
    """Write an evaluation, or write it anew; what was shared of the earlier one is taken back."""

    mentorship: MentorshipId
    kind: EvaluationKind
    session: SessionId | None = None
    answers: Annotated[tuple[Answer, ...], Field(max_length=40)]


class ShareNote(Command[EvaluationView]):
    """Show the other one the answer to one question, or (`shared` false) take it back. Nothing is shared otherwise."""

    evaluation: EvaluationId
    question: QuestionCode
    shared: bool = True


class DestroyPrivateAnswers(Command[Done]):
    """Destroy one's own key: all that one wrote for oneself, in every project, can be read by nobody any more."""


class EvaluationsOf(Query[EvaluatedMentorships]):
    """Which evaluations there are: for the two, and for coordinators."""

    mentorships: tuple[MentorshipId, ...]


class EvaluationsByIds(Query[Evaluations], entry=Entry.ACCOUNT):
    """Hers, wherever she still takes part; the other one's, the project's for coordinators, any for operators."""

    ids: tuple[EvaluationId, ...]


class AnswersByIds(Query[Sheets], entry=Entry.ACCOUNT, audited=True):
    """What stands in them; in each case whether the viewer may read it is decided here."""

    ids: tuple[EvaluationId, ...]


class SharedNotesOf(Query[SharedNotes], audited=True):
    """What the two have shown each other; for them alone."""

    mentorships: tuple[MentorshipId, ...]


class EvaluationDone(Event, of="mentorship"):
    """One of the two has written an evaluation. What stands in it is told to nobody."""

    mentorship: MentorshipId
    evaluation: EvaluationId
    kind: EvaluationKind
    session: SessionId | None
    by: Role


class NoteShared(Event, of="mentorship"):
    """One of the two has shown the other an answer, or taken it back."""

    mentorship: MentorshipId
    evaluation: EvaluationId
    by: Role
    shared: bool
