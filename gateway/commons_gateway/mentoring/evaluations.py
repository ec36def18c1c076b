"""Evaluations: that they are there, what stands in them for who may read it, and what the two have shown each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import EvaluationKind, Readers, RefusalCode, Role
from commons_contracts.ids import EvaluationId, MentorshipId

from ..context import Batch, Ground, Info
from ..fields import Shown, adds, argument, does, given, loads, said, shape, told, wish
from ..profiles.people import Person
from ..refused import Refused, Wish, done
from ..relay import Node, global_id, uuid_in
from .mentorships import Mentorship
from .programmes import PROGRAMMES
from .texts import LocalText, best

EVALUATIONS: Batch[EvaluationId, contract.EvaluationView] = Batch(
    contract.EvaluationsByIds, "ids", lambda evaluation: evaluation.id
)
EVALUATED: Batch[MentorshipId, contract.Evaluated] = Batch(
    contract.EvaluationsOf, "mentorships", lambda evaluated: evaluated.mentorship
)
SHEETS: Batch[EvaluationId, contract.Sheet] = Batch(contract.AnswersByIds, "ids", lambda sheet: sheet.id)
NOTES: Batch[MentorshipId, contract.NotesOfOne] = Batch(
    contract.SharedNotesOf, "mentorships", lambda notes: notes.mentorship
)


@shape
class EvaluationQuestion:
    """A question of a set."""

    key: str = said("Its name, to answer it by.")
    label: LocalText | None = said("Its words, in the best language for the viewer.")
    graded: bool = said("Whether it is answered with a grade from 1 to 5 instead of words.")


@shape
class EvaluationQuestions:
    """A set of questions."""

    kind: str = said("What they look back on: SESSION, MID_POINT or FINAL.")
    questions: list[EvaluationQuestion] = said("The questions, in order.")


@shape
class EvaluationAnswer(Shown[contract.Answer]):
    """What someone answered to one question."""

    question: str = said("The question's name.")
    words: str = said("Her words; empty where there is a grade.")
    grade: int | None = said("Her grade, from 1 to 5; none where there are words.")


@shape
class Evaluation(Node, Shown[contract.EvaluationView]):
    """What one of the two wrote of a session, of the half way or of the whole. That it is there is no secret; the rest can be."""

    kind: EvaluationKind = said("What it looks back on.")
    side: Role = said("Whether the mentor or the mentee wrote it.")
    readers: Readers = said("Who may read its answers.")
    done_at: datetime = said("When it was written.")

    @told
    def author(self) -> Person:
        """Who wrote it."""
        return Person.of(self.view.author, self.ground)

    @loads(SHEETS, lambda self: self.view.id)
    def answers(self, found: contract.Sheet | None) -> list[EvaluationAnswer] | None:
        """What stands in it. None with PRIVATE_EVALUATION for everybody who may not read it."""
        return [EvaluationAnswer.of(answer, self.ground) for answer in _readable(found).answers]

    @loads(SHEETS, lambda self: self.view.id)
    def destroyed(self, found: contract.Sheet | None) -> bool | None:
        """Whether its author has destroyed her key: then nobody can read it any more, herself included."""
        return _readable(found).gone


def _readable(sheet: contract.Sheet | None) -> contract.Sheet:
    if sheet is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if sheet.private:
        raise Refusal(RefusalCode.PRIVATE_EVALUATION)
    return sheet


@shape
class SharedNote(Shown[contract.SharedNote]):
    """An answer that one of the two has shown to the other."""

    kind: EvaluationKind = said("What it looks back on.")
    question: str = said("The question's name.")
    words: str = said("Her words.")
    shared_at: datetime = said("When she showed it.")

    @told
    def author(self) -> Person:
        """Who wrote it."""
        return Person.of(self.view.author, self.ground)

    @told
    def evaluation(self) -> strawberry.ID:
        """The id of the evaluation that it stands in."""
        return global_id("Evaluation", self.view.evaluation)


@adds(Mentorship, contract.EvaluationsOf)
async def evaluations(root: strawberry.Parent[Mentorship]) -> list[Evaluation] | None:
    """All that the two have written, the oldest first."""
    return await evaluations_of(root.view.id, root.ground)


async def evaluations_of(mentorship: MentorshipId, ground: Ground) -> list[Evaluation]:
    found = await ground.load(EVALUATED, mentorship)
    return [Evaluation.of(view, ground) for view in found.evaluations] if found else []


@adds(Mentorship, contract.SharedNotesOf)
async def shared_notes(root: strawberry.Parent[Mentorship]) -> list[SharedNote] | None:
    """What the two have shown each other of their evaluations, the oldest first. For them alone."""
    found = await root.ground.load(NOTES, root.view.id)
    return [SharedNote.of(note, root.ground) for note in found.notes] if found else []


@adds(Mentorship, contract.ProgrammesByIds)
async def evaluation_questions(root: strawberry.Parent[Mentorship], info: Info) -> list[EvaluationQuestions] | None:
    """What its programme asks when the two look back."""
    found, language = await root.ground.load(PROGRAMMES, root.view.programme), await info.context.language()
    if found is None:
        return None
    scales: Mapping[Any, Sequence[str]] = found.rules.steps.scales
    return [
        EvaluationQuestions(kind=kind, questions=_asked(of, scales.get(kind, ()), language))
        for kind, of in found.texts.questions.items()
    ]


def _asked(questions: Sequence[contract.Question], graded: Sequence[str], language: str) -> list[EvaluationQuestion]:
    return [
        EvaluationQuestion(key=each.key, label=best(each.wording, language), graded=each.key in graded)
        for each in questions
    ]


@wish
class AnswerInput:
    """An answer to one question."""

    question: str = given("The question's name.")
    words: str = given("The answer, up to 4,000 characters.", default="")
    grade: int | None = given("A grade from 1 to 5, where the question is graded.", default=None)

    def answer(self) -> contract.Answer:
        return contract.Answer(question=self.question, words=self.words, grade=self.grade)


@wish
class EvaluationInput(Wish):
    """An evaluation. Written anew, it takes the place of the earlier one."""

    mentorship: strawberry.ID = given("The mentorship.", nodes="Mentorship")
    answers: list[AnswerInput] = given("The answers, in any order; questions may be left out.")

    def command(self, kind: EvaluationKind, session: strawberry.ID | None = None) -> contract.Evaluate:
        return contract.Evaluate(
            mentorship=uuid_in(self.mentorship, "Mentorship"),
            kind=kind,
            session=uuid_in(session, "Session") if session else None,
            answers=tuple(answer.answer() for answer in self.answers),
        )


@wish
class SessionEvaluationInput(EvaluationInput):
    """An evaluation of a session that was held."""

    session: strawberry.ID = given("The session.", nodes="Session")


@wish
class ShareNoteInput(Wish):
    """One answer of an evaluation of one's own."""

    evaluation: strawberry.ID = given("The evaluation.", nodes="Evaluation")
    question: str = given("The question whose answer is shown.")
    shared: bool = given("False takes it back.", default=True)


@wish
class DestroyPrivateAnswersInput(Wish):
    """All that one has written for oneself."""


@shape
class Destroyed:
    """It is done, and cannot be undone."""

    done: bool = said("True.")


EvaluationOrRefused = Annotated[
    Evaluation | Refused, strawberry.union("EvaluationOrRefused", description="The evaluation, or why not.")
]
DestroyedOrRefused = Annotated[
    Destroyed | Refused, strawberry.union("DestroyedOrRefused", description="That it is done, or why not.")
]


@strawberry.type
class Mutation:
    @does(contract.Evaluate)
    async def submit_session_evaluation(
        self, info: Info, input: Annotated[SessionEvaluationInput, argument("The evaluation.")]
    ) -> EvaluationOrRefused | None:
        """Write what one thinks of a session that was held."""
        return await done(info, input, input.command(EvaluationKind.SESSION, input.session), Evaluation.of)

    @does(contract.Evaluate)
    async def submit_mid_point_reflection(
        self, info: Info, input: Annotated[EvaluationInput, argument("The reflection.")]
    ) -> EvaluationOrRefused | None:
        """Look back when half of the agreed time is over."""
        return await done(info, input, input.command(EvaluationKind.MID_POINT), Evaluation.of)

    @does(contract.Evaluate)
    async def submit_final_evaluation(
        self, info: Info, input: Annotated[EvaluationInput, argument("The evaluation.")]
    ) -> EvaluationOrRefused | None:
        """Look back on the whole, for the project."""
        return await done(info, input, input.command(EvaluationKind.FINAL), Evaluation.of)

    @does(contract.ShareNote)
    async def share_note(
        self, info: Info, input: Annotated[ShareNoteInput, argument("The answer.")]
    ) -> EvaluationOrRefused | None:
        """Show the other one one answer of an evaluation of one's own. Nothing is shown otherwise."""
        evaluation = uuid_in(input.evaluation, "Evaluation")
        command = contract.ShareNote(evaluation=evaluation, question=input.question, shared=input.shared)
        return await done(info, input, command, Evaluation.of)

    @does(contract.DestroyPrivateAnswers)
    async def destroy_private_answers(
        self, info: Info, input: Annotated[DestroyPrivateAnswersInput, argument("Which project's page asks.")]
    ) -> DestroyedOrRefused | None:
        """Destroy one's own key: all that one wrote for oneself, in every project, can be read by nobody any more."""

        def shown(_: Done, __: Ground) -> Destroyed:
            return Destroyed(done=True)

        return await done(info, input, contract.DestroyPrivateAnswers(), shown)
