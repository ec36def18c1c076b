"""A project's announcements on Discord, for its coordinators. Where they go can be said, and not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.codes import DiscordState, DiscordTopic

from ..context import Info
from ..fields import Shown, adds, argument, does, given, said, shape, wish
from ..refused import Refused, Wish, done
from .own import Project, Viewer
from .verbs import shown_again
from .wishes import PlainInput


@shape
class Announcements(Shown[contract.DiscordView]):
    """What is announced on the project's Discord server. The address is shown to nobody."""

    state: DiscordState = said("Whether it works.")
    topics: list[DiscordTopic] = said("What is announced.")
    since: datetime = said("Since when the address is set.")


@adds(Project, contract.Discord)
async def announcements(root: strawberry.Parent[Project]) -> Announcements | None:
    """What is announced on Discord, for coordinators; none where no address is set."""
    found = (await root.ground.once(contract.Discord())).items
    return Announcements.of(found[0], root.ground) if found else None


AnnouncementsOrRefused = Annotated[
    Announcements | Refused,
    strawberry.union("AnnouncementsOrRefused", description="What is announced from now on, or why not."),
]
ViewerOfAnnouncements = Annotated[
    Viewer | Refused, strawberry.union("DiscordWebhookRemovedOrRefused", description="The viewer, or why not.")
]


@wish
class SetDiscordWebhookInput(Wish):
    """Where to announce things, and which. It replaces what was set before."""

    url: str = given("The webhook's address, from the settings of the Discord channel.")
    topics: list[DiscordTopic] = given("What to announce.")


@wish
class ChooseDiscordTopicsInput(Wish):
    """What to announce where the address is set."""

    topics: list[DiscordTopic] = given("What to announce.")


@strawberry.type
class Mutation:
    @does(contract.SetDiscordWebhook)
    async def set_discord_webhook(
        self, info: Info, input: Annotated[SetDiscordWebhookInput, argument("The address and the topics.")]
    ) -> AnnouncementsOrRefused | None:
        """Announce things on Discord. The address can be replaced and removed, never read again."""
        command = contract.SetDiscordWebhook(url=input.url, topics=tuple(input.topics))
        return await done(info, input, command, Announcements.of)

    @does(contract.ChooseDiscordTopics)
    async def choose_discord_topics(
        self, info: Info, input: Annotated[ChooseDiscordTopicsInput, argument("The topics.")]
    ) -> AnnouncementsOrRefused | None:
        """Choose what is announced from now on."""
        return await done(info, input, contract.ChooseDiscordTopics(topics=tuple(input.topics)), Announcements.of)

    @does(contract.RemoveDiscordWebhook)
    async def remove_discord_webhook(
        self, info: Info, input: Annotated[PlainInput | None, argument("Nothing, or the project it is about.")] = None
    ) -> ViewerOfAnnouncements | None:
        """Forget the address, with all that waits to be announced."""
        return await done(info, input or PlainInput(), contract.RemoveDiscordWebhook(), shown_again)
