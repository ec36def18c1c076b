"""Programmes, and where they hang together with projects and rounds."""

from __future__ import annotations

from datetime import date

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import ProgrammeState
from commons_contracts.ids import ProgrammeId
from commons_contracts.matching import RoundsOf

from ..context import Batch, Info
from ..fields import After, First, Shown, adds, asks, said, shape, told
from ..matching.mentors import Round
from ..profiles.own import Project
from ..relay import Listing, Node, listing
from .design import ProgrammeRules
from .texts import LocalText, ProgrammeTexts, best
from .twins import shown

PROGRAMMES: Batch[ProgrammeId, contract.ProgrammeView] = Batch(
    contract.ProgrammesByIds, "ids", lambda programme: programme.id
)


@shape
class Finding:
    """A choice that is allowed, and that the programme's guide advises against."""

    code: str = said("Which choice; stable, for programs.")
    reason: LocalText | None = said("Why, in the best language for the viewer.")


@shape
class Programme(Node, Shown[contract.ProgrammeView]):
    """A programme of a project: its rules, and the texts that explain them."""

    version: int = said("Counts its designs from 1.")
    state: ProgrammeState = said("Whether its design can still change.")
    starts_on: date | None = said("The day it starts.")
    ends_on: date | None = said("The day it ends.")
    missing: list[str] = said("What still stops it from being published; empty once it is.")

    @told
    async def name(self, info: Info) -> LocalText | None:
        """Its name, in the best language for the viewer."""
        return best(self.view.texts.name, await info.context.language())

    @told
    async def goals(self, info: Info) -> LocalText | None:
        """What it is for, in the best language for the viewer."""
        return best(self.view.texts.goals, await info.context.language())

    @told
    async def mentor_brief(self, info: Info) -> LocalText | None:
        """What mentors should know, in the best language for the viewer."""
        return best(self.view.texts.mentor_brief, await info.context.language())

    @told
    async def mentee_brief(self, info: Info) -> LocalText | None:
        """What mentees should know, in the best language for the viewer."""
        return best(self.view.texts.mentee_brief, await info.context.language())

    @told
    async def matching_notice(self, info: Info) -> LocalText | None:
        """How matching works, in the best language for the viewer."""
        return best(self.view.texts.matching_notice, await info.context.language())

    @told
    async def advice(self, info: Info) -> list[Finding]:
        """What the programme's guide advises against in this design."""
        words, language = self.view.texts.advice, await info.context.language()
        return [Finding(code=code, reason=best(words.get(code, {}), language)) for code in self.view.advice]

    @told
    def texts(self) -> ProgrammeTexts:
        """All texts in all languages."""
        made: ProgrammeTexts = shown(ProgrammeTexts, self.view.texts)
        return made

    @told
    def rules(self) -> ProgrammeRules:
        """All rules."""
        made: ProgrammeRules = shown(ProgrammeRules, self.view.rules)
        return made

    @asks(RoundsOf)
    async def rounds(self) -> list[Round] | None:
        """Its rounds, newest first."""
        found = await self.ground.once(RoundsOf())
        return [Round.of(view, self.ground) for view in found.items if view.programme == self.view.id]

    @asks(RoundsOf)
    async def round(self) -> Round | None:
        """Its newest round."""
        found = await self.ground.once(RoundsOf())
        hers = (Round.of(view, self.ground) for view in found.items if view.programme == self.view.id)
        return next(hers, None)


@adds(Project, contract.ProgrammesPage)
async def programmes(
    root: strawberry.Parent[Project], first: First = 20, after: After = None
) -> Listing[Programme] | None:
    """The project's programmes, newest first."""
    return await listing(root.ground, contract.ProgrammesPage, Programme.of, first=first, after=after)


@adds(Round, contract.ProgrammesByIds)
async def programme(root: strawberry.Parent[Round]) -> Programme | None:
    """The programme it recruits for."""
    found = await root.ground.load(PROGRAMMES, root.view.programme)
    return Programme.of(found, root.ground) if found else None
