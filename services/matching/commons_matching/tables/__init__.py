"""Every table matching owns, and the looks at them that several doors take."""

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
