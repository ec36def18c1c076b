"""Mentorships as they change."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.ids import MentorshipId

from ..context import Info
from ..cursors import scope_of
from ..fields import argument, hears, said, shape
from ..live import patiently, turns
from .mentorships import Mentorship

Since = Annotated[
    str | None, argument("The cursor of the last answer seen; without it, only what happens from now on is told.")
]


@shape
class MentorshipNews:
    """Mentorships that have changed. A change may be told twice, and is never missed."""

    mentorships: list[Mentorship] = said("The mentorships as they are now; the first answer may hold none.")
    cursor: str = said("Give it as `since` after an interruption.")


@strawberry.type
class Subscription:
    @hears(contract.MentorshipsSince)
    async def mentorship_changed(self, info: Info, since: Since = None) -> AsyncGenerator[MentorshipNews, None]:
        """The viewer's mentorships, whenever one changes. The first answer comes at once."""
        actor = info.context.ground().actor
        seal, scope = info.context.desk.seal, scope_of(actor, contract.MentorshipsSince.subject)
        cursor = None if since is None else seal.open(scope, since)
        told: dict[MentorshipId, contract.MentorshipView] = {}
        begun = False
        async for ground in turns(info.context):
            news = await patiently(ground, contract.MentorshipsSince(cursor=cursor))
            cursor = news.cursor
            fresh = [view for view in news.items if told.get(view.id) != view]
            told.update({view.id: view for view in fresh})
            if fresh or not begun:
                begun = True
                yield MentorshipNews(
                    mentorships=[Mentorship.of(view, ground) for view in fresh], cursor=seal.close(scope, cursor)
                )
