"""Every table matching owns, and the looks at them that several doors take."""

from .flash import flash_slots
from .preference import acknowledgements, preferences
from .run import pair_wishes, proposals, run_jobs, run_snapshots, runs, unmatched
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
    "acknowledgements",
    "cards",
    "connections",
    "flash_slots",
    "matches",
    "metadata",
    "offers",
    "pair_wishes",
    "participations",
    "places",
    "preferences",
    "programmes",
    "proposals",
    "rounds",
    "run_jobs",
    "run_snapshots",
    "runs",
    "silences",
    "unmatched",
    "waitings",
    "zones",
]
