"""A journey: whose people, from which day on, and its scenes, played one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from .player import Player
from .stage import Stage

ZONE = ZoneInfo("Europe/Stockholm")
NOTICES = "{ viewer { notices(first: 100) { nodes { code number at message subject { id } } } } }"


@dataclass
class Tale:
    """What every story begins with: where it is played, and the coordinator of the project."""

    stage: Stage
    coordinator: Player

    def says(self, step: str, rule: str, held: bool, detail: str) -> None:
        self.stage.judge.says(step, rule, held, detail)

    async def look(self) -> list[object]:
        """A witness: what a refusal must leave as it was, beside what everybody has of her own."""
        return []

    async def member(self, subject: str) -> Player:
        """One of those who were there before: she accepts the code in force."""
        player = await self.stage.player(f"{subject}@{self.stage.project}").known()
        await self.stage.accepts(player)
        return player

    async def notices(self, player: Player, code: str) -> list[dict[str, Any]]:
        """What she was told with this code, newest first."""
        told = (await player.ask(NOTICES))["viewer"]["notices"]["nodes"]
        return [notice for notice in told if notice["code"] == code]


S = TypeVar("S", bound=Tale)


@dataclass(frozen=True, kw_only=True)
class Journey(Generic[S]):
    """The people of `project` come at `seeded_at`; the clock stands at `begins` when the first scene of the `story` is played."""

    name: str
    project: str
    seeded_at: datetime
    begins: datetime
    story: Callable[[Stage, Player], S]
    scenes: Sequence[tuple[str, str, Callable[[S], Awaitable[None]]]]
    """Step, title and what is played, in their order."""
    afterwards: str
    """What someone should know who goes on where the play ended."""

    async def play(self, stage: Stage, begins: Callable[[str, str], None] = lambda _step, _title: None) -> None:
        """All scenes; `begins` hears the step and title of each. A scene that breaks off is a rule that failed."""
        await stage.clock(self.begins)
        story = self.story(stage, await stage.player(f"coordinator@{self.project}").known())
        stage.witnesses.append(story.look)
        try:
            for step, title, scene in self.scenes:
                begins(step, title)
                try:
                    await scene(story)
                except Exception as broken:  # noqa: BLE001 - whatever it is, the other scenes are still to be seen
                    story.says(step, "PLAYED_TO_THE_END", False, f"{title}: {type(broken).__name__}: {broken}")
        finally:
            stage.witnesses.remove(story.look)


def utc(at: datetime) -> str:
    """As the API writes it."""
    return at.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")
