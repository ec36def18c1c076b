"""What a project can announce on its Discord server, and whether that works."""

from __future__ import annotations

from enum import StrEnum


class DiscordTopic(StrEnum):
    """What can be announced: that something happened in the project, never to whom."""

    PROGRAMME = "PROGRAMME"
    RECRUITMENT = "RECRUITMENT"
    CONDUCT = "CONDUCT"
    MATCHES = "MATCHES"
    COMPLETIONS = "COMPLETIONS"


class DiscordState(StrEnum):
    """DISABLED: Discord said that there is no such webhook any more, or takes nothing by it."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
