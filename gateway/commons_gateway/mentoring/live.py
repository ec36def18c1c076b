"""Mentorships as they change."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from commons_contracts import mentoring as contract

from ..context import Info
from ..fields import hears, said, shape
from ..live import SINCE, Since, followed
from .mentorships import Mentorship


@shape
class MentorshipNews:
    """Mentorships that have changed. A change may be told twice, and is never missed."""

    mentorships: list[Mentorship] = said("The mentorships as they are now; the first answer may hold none.")
    cursor: str = said(SINCE)


@strawberry.type
class Subscription:
    @hears(contract.MentorshipsSince)
    async def mentorship_changed(self, info: Info, since: Since = None) -> AsyncGenerator[MentorshipNews, None]:
        """The viewer's mentorships, whenever one changes. The first answer comes at once."""
        async for ground, views, cursor in followed(info.context, contract.MentorshipsSince, since):
            yield MentorshipNews(mentorships=[Mentorship.of(view, ground) for view in views], cursor=cursor)
