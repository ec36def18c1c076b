"""Every table matching owns, and the looks at them that several doors take."""

from .facts import consents, place_points, prices, pricings, supervisions, trainings, vettings
from .flash import flash_slots
from .preference import acknowledgements, preferences
from .run import circles, pair_wishes, proposals, run_jobs, run_snapshots, runs, unmatched
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
    "circles",
    "connections",
    "consents",
    "flash_slots",
    "matches",
    "metadata",
    "offers",
    "pair_wishes",
    "participations",
    "place_points",
    "places",
    "preferences",
    "prices",
    "pricings",
    "programmes",
    "proposals",
    "rounds",
    "run_jobs",
    "run_snapshots",
    "runs",
    "silences",
    "supervisions",
    "trainings",
    "unmatched",
    "vettings",
    "waitings",
    "zones",
]
