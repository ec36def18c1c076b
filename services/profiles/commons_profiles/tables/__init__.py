"""Every table profiles owns."""

from .criteria import criterion_consents, vettings
from .discord import discord_posts, discord_webhooks
from .entrance import addresses, affiliations, links, sessions
from .people import (
    Strings,
    acceptances,
    blocks,
    checklists,
    codes,
    introductions,
    media_consents,
    memberships,
    metadata,
    notices,
    organisations,
    people,
    profiles,
    projects,
    registrations,
    ticks,
    trainings,
)
from .post import letters, meetings, preferences, stop_links
from .sheet import sheet_parts, sheet_rows, sheet_turns, sheets

__all__ = [
    "Strings",
    "acceptances",
    "addresses",
    "affiliations",
    "blocks",
    "checklists",
    "codes",
    "criterion_consents",
    "discord_posts",
    "discord_webhooks",
    "introductions",
    "letters",
    "links",
    "media_consents",
    "meetings",
    "memberships",
    "metadata",
    "notices",
    "organisations",
    "people",
    "preferences",
    "profiles",
    "projects",
    "registrations",
    "sessions",
    "sheet_parts",
    "sheet_rows",
    "sheet_turns",
    "sheets",
    "stop_links",
    "ticks",
    "trainings",
    "vettings",
]
