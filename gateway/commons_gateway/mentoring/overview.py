"""What coordinators see of all mentorships: figures, who is stuck, and tables to take along."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, Phase, RefusalCode, Role, Style

from ..fields import After, First, Shown, adds, argument, asks, said, shape, told
from ..papers import Paper, link
from ..profiles.own import Project
from ..profiles.people import Pair
from ..relay import Listing, global_id, listing
from .evaluations import Evaluation, evaluations_of
from .programmes import Programme

COHORT = 5


@shape
class Standing(Shown[contract.Standing]):
    """How many mentorships stand at one place."""

    style: Style = said("Their style.")
    phase: Phase = said("Their phase.")
    state: MentorshipState = said("What has become of them.")
    count: int = said("How many.")


@shape
class Grades(Shown[contract.Grades]):
    """How one side has graded one question of the final evaluation."""

    question: str = said("The question's name.")
    side: Role = said("Whether mentors or mentees.")

    @told
    def people(self) -> int | None:
        """How many have graded it. None with COHORT_TOO_SMALL where they are fewer than five."""
        return _enough(self.view).people

    @told
    def mean(self) -> float | None:
        """What they gave on average, from 1 to 5. None with COHORT_TOO_SMALL where they are fewer than five."""
        return _enough(self.view).mean

    @told
    def spread(self) -> list[int] | None:
        """How many gave 1, 2, 3, 4 and 5. None with COHORT_TOO_SMALL where they are fewer than five."""
        return list(_enough(self.view).spread)


def _enough(grades: contract.Grades) -> contract.Grades:
    if grades.people is None:
        raise Refusal(RefusalCode.COHORT_TOO_SMALL, least=COHORT)
    return grades


@shape
class MentorshipOverview(Shown[contract.OverviewView]):
    """Mentorships in figures. For coordinators."""

    mentorships: int = said("How many there are.")
    stuck: int = said("How many somebody should look after.")
    completed: int = said("How many came all their way.")
    ended: int = said("How many were ended without fault.")
    sessions: int = said("How many sessions were held.")
    minutes: int = said("How many minutes they took.")
    final_evaluations: int = said("How many final evaluations were written.")

    @told
    def standings(self) -> list[Standing]:
        """How many stand where."""
        return [Standing.of(each, self.ground) for each in self.view.standings]

    @told
    def grades(self) -> list[Grades]:
        """What final evaluations say, of one programme's version; none of several together."""
        return [Grades.of(each, self.ground) for each in self.view.grades]

    @told
    async def mentorships_table(self) -> Paper | None:
        """These mentorships as a table (CSV): figures alone."""
        return await link(self.ground, "mentorships-table", self.view.programme)

    @told
    async def evaluations_table(self) -> Paper | None:
        """What was written in them for the project, as a table (CSV)."""
        return await link(self.ground, "evaluations-table", self.view.programme)


@shape
class MentorshipRecord(Pair[contract.Record]):
    """One mentorship as coordinators see it: what was said in it is not here."""

    programme_version: int = said("The version of the programme that it follows.")
    style: Style = said("Its style.")
    state: MentorshipState = said("What has become of it.")
    phase: Phase = said("Where it stands.")
    opened_at: datetime = said("When it began.")
    over_at: datetime | None = said("When it was over.")
    still_days: int = said("For how many days nothing has happened in it; 0 where nothing should.")
    stuck: bool = said("Whether somebody should look after it.")
    sessions: int = said("How many sessions were held.")
    minutes: int = said("How many minutes they took.")

    @told
    def id(self) -> strawberry.ID:
        """The mentorship's id."""
        return global_id("Mentorship", self.view.id)

    @told
    def evaluated_by(self) -> list[Role]:
        """Who of the two has written the final evaluation."""
        return list(self.view.evaluated_by)

    @asks(contract.EvaluationsOf)
    async def evaluations(self) -> list[Evaluation] | None:
        """What they have written; the answers are there for who may read them."""
        return await evaluations_of(self.view.id, self.ground)


State = Annotated[MentorshipState | None, argument("Those alone of which this has become.")]
Where = Annotated[Phase | None, argument("Those alone that stand there.")]
Stuck = Annotated[bool, argument("Those alone that somebody should look after.")]


@adds(Project, contract.Overview)
async def overview(root: strawberry.Parent[Project]) -> MentorshipOverview | None:
    """All its mentorships in figures. For coordinators."""
    return MentorshipOverview.of(await root.ground.once(contract.Overview()), root.ground)


@adds(Programme, contract.Overview, name="overview")
async def overview_of_one(root: strawberry.Parent[Programme]) -> MentorshipOverview | None:
    """The mentorships of this version in figures, with what their final evaluations say. For coordinators."""
    return MentorshipOverview.of(await root.ground.once(contract.Overview(programme=root.view.id)), root.ground)


@adds(Project, contract.RecordsPage)
async def mentorship_records(
    root: strawberry.Parent[Project],
    first: First = 20,
    after: After = None,
    *,
    state: State = None,
    phase: Where = None,
    stuck: Stuck = False,
) -> Listing[MentorshipRecord] | None:
    """All its mentorships, newest first. For coordinators."""
    wanted = {"state": state, "phase": phase, "stuck": stuck}
    return await listing(root.ground, contract.RecordsPage, MentorshipRecord.of, first=first, after=after, **wanted)
