"""How a member wants to be told by mail in a project."""

from __future__ import annotations

from typing import Annotated

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.codes import DigestRhythm, NoticeCategory, NoticeWay

from ..context import Info
from ..fields import Shown, adds, argument, does, given, said, shape, told, wish
from ..refused import Refused, Wish, done
from ..scalars import TimeZone
from .own import Viewer


@shape
class CategoryWay(Shown[contract.CategoryWay]):
    """How the notices of one kind come by mail."""

    category: NoticeCategory = said("The kind.")
    way: NoticeWay = said("How they come.")


@shape
class NoticePreferences(Shown[contract.NoticePreferencesView]):
    """How the viewer wants to be told by mail in this project. Nobody else sees it."""

    rhythm: DigestRhythm = said("How often the letter that gathers notices comes.")
    digest_hour: int = said("At which full hour it comes, 0 to 23.")
    digest_weekday: int = said("On which day it comes where it comes once a week: 1 is Monday, 7 Sunday.")
    quiet_from: int = said("The full hour from which on no letter comes. As `quietUntil`: there are no such hours.")
    quiet_until: int = said("The full hour at which letters come again.")
    zone: TimeZone = said("The time zone of these hours: that of her account.")

    @told
    def ways(self) -> list[CategoryWay]:
        """How the notices of each kind come."""
        return [CategoryWay.of(way, self.ground) for way in self.view.ways]


@adds(Viewer, contract.NoticePreferences, name="notice_preferences")
async def notice_preferences(root: strawberry.Parent[Viewer]) -> NoticePreferences | None:
    """How she wants to be told by mail in this project."""
    return NoticePreferences.of(await root.ground.once(contract.NoticePreferences()), root.ground)


NoticePreferencesOrRefused = Annotated[
    NoticePreferences | Refused,
    strawberry.union("NoticePreferencesOrRefused", description="What she wants from now on, or why not."),
]


@wish
class CategoryWayInput:
    """How the notices of one kind should come by mail."""

    category: NoticeCategory = given("The kind.")
    way: NoticeWay = given("How they should come.")


@wish
class SetNoticePreferencesInput(Wish):
    """How to be told by mail in this project; what is left out stays as it is."""

    ways: list[CategoryWayInput] = given("How the notices of some kinds should come.", default=[])
    rhythm: DigestRhythm | None = given("How often the letter that gathers notices comes.", default=None)
    digest_hour: int | None = given("At which full hour it comes, 0 to 23.", default=None)
    digest_weekday: int | None = given("On which day it comes where it comes once a week, 1 to 7.", default=None)
    quiet_from: int | None = given("The full hour from which on no letter comes, 0 to 23.", default=None)
    quiet_until: int | None = given("The full hour at which letters come again, 0 to 23.", default=None)

    def command(self) -> contract.SetNoticePreferences:
        ways = tuple(contract.CategoryWay(category=way.category, way=way.way) for way in self.ways)
        return contract.SetNoticePreferences(
            ways=ways,
            rhythm=self.rhythm,
            digest_hour=self.digest_hour,
            digest_weekday=self.digest_weekday,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
        )


@strawberry.type
class Mutation:
    @does(contract.SetNoticePreferences)
    async def set_notice_preferences(
        self, info: Info, input: Annotated[SetNoticePreferencesInput, argument("How to be told.")]
    ) -> NoticePreferencesOrRefused | None:
        """Choose how to be told by mail. It holds for letters that wait, too."""
        return await done(info, input, input.command(), NoticePreferences.of)
