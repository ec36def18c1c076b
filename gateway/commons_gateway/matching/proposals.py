"""What a match run proposes, whom it leaves, and why."""

from __future__ import annotations

from commons_contracts import matching as contract
from commons_contracts.codes import Criterion, MatchChange, Modality, NotPaired, ProposalOrigin, RefusalCode, Unmet

from ..context import Info
from ..fields import Shown, said, shape, told
from ..profiles.people import Pair, Person
from ..scalars import LanguageTag
from . import reasons


@shape
class Contribution(Shown[contract.Contribution]):
    """What one criterion adds to the score of a pair. The contributions sum to the score."""

    criterion: Criterion = said("The criterion.")
    skipped: bool = said("Whether it was left out, because it needs the agreement of both.")

    @told
    def weight(self) -> int:
        """What it could add at most."""
        return self.view.most

    @told
    def contribution(self) -> int:
        """What it adds."""
        return self.view.points

    @told
    async def evidence(self, info: Info) -> list[str]:
        """What stands on both cards, and nothing that stands on one alone: codes, and names of languages."""
        return reasons.evidence(self.view, await info.context.language())

    @told
    async def because(self, info: Info) -> str:
        """The same as a sentence in the viewer's language."""
        return reasons.because(self.view, await info.context.language())


@shape
class Proposal(Pair[contract.ProposalView]):
    """A pair that a run proposes."""

    origin: ProposalOrigin = said("How it came to be proposed.")
    moved: bool = said("Whether the run before had proposed somebody else to her.")

    @told
    def score(self) -> int:
        """How well the two fit, from 0 to 10,000 points."""
        return self.view.points

    @told
    def explanation(self) -> list[Contribution]:
        """Why: what each criterion adds, the score being their sum."""
        return [Contribution.of(part, self.ground) for part in self.view.contributions]


@shape
class Circle(Shown[contract.CircleView]):
    """A circle that a run proposes: a facilitator and those whom she brings together."""

    language: LanguageTag = said("The language they speak with each other.")
    block: int = said("When all have time: a block of three hours, 0 to 55, from Monday 00:00 on.")
    modality: Modality = said("How they meet: online, or face to face.")

    @told
    def facilitator(self) -> Person:
        """Who leads it."""
        return Person.of(self.view.facilitator, self.ground)

    @told
    def members(self) -> list[Proposal]:
        """Who is in it, and why each of them fits the facilitator; the best fit first."""
        return [Proposal.of(each, self.ground) for each in self.view.members]

    @told
    async def because(self, info: Info) -> str:
        """What all of them have in common, as a sentence in the viewer's language."""
        return reasons.circle(self.view, await info.context.language())


@shape
class Unmatched(Shown[contract.UnmatchedView]):
    """Someone whom a run proposes to nobody."""

    change: MatchChange | None = said("The smallest change that would have helped; none where nothing would.")
    mentors: int = said("How many mentors with a place free she would then have been allowed.")
    language: LanguageTag | None = said("The language that the change is about.")

    @told
    def mentee(self) -> Person:
        """Who it is."""
        return Person.of(self.view.mentee, self.ground)

    @told
    def reason(self) -> Unmet:
        """Why."""
        return self.view.why

    @told
    async def because(self, info: Info) -> str:
        """Why, as a sentence in the viewer's language."""
        return reasons.left(self.view, await info.context.language())

    @told
    async def help(self, info: Info) -> str | None:
        """What would have helped, as a sentence in the viewer's language."""
        return reasons.help_(self.view, await info.context.language())


@shape
class WhyNot(Shown[contract.WhyNotView]):
    """Why a mentor and a mentee are not proposed to each other: one reason."""

    why: NotPaired = said("The kind of reason.")
    rule: RefusalCode | None = said("The first hard rule between the two, where one is the reason.")

    @told
    async def because(self, info: Info) -> str:
        """The same as a sentence in the viewer's language."""
        return reasons.why_not(self.view, await info.context.language())

    @told
    def instead(self) -> list[Proposal]:
        """The pairs that have the mentor's places, or the mentee's own pair."""
        return [Proposal.of(each, self.ground) for each in self.view.instead]
