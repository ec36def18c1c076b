"""Every table matching owns, and the looks at them that several doors take."""

from .flash import flash_slots
from .schema import (
    cards,
    connections,
    matches,
    metadata,
    offers,
    participations,
    places,
    programmes,
    rounds,
    silences,
    waitings,
    zones,
)

__all__ = [
    "cards",
    "connections",
    "flash_slots",
    "matches",
    "metadata",
    "offers",
    "participations",
    "places",
    "programmes",
    "rounds",
    "silences",
    "waitings",
    "zones",
]
