"""Matching, put together: rounds, mentor cards, requests and places, waiting lists."""

from commons_chassis import standing
from commons_chassis.service import Service

from . import brought, jobs, reactions
from .commands import connection, flash, places, preference, proposal, supervision, taking_part, waiting
from .commands import run as runs
from .figures import FIGURES
from .keeping import keep
from .queries import connection as connections
from .queries import flash as slots
from .queries import incomplete
from .queries import mentor as mentors
from .queries import preference as preferences
from .queries import round as rounds
from .queries import run as run_looks
from .queries import supervision as supervisions
from .queries import waiting as waitings
from .runs.carrying import carry
from .tables import metadata

service = Service(
    "matching",
    metadata,
    [
        standing,
        taking_part,
        places,
        connection,
        flash,
        waiting,
        preference,
        runs,
        proposal,
        supervision,
        rounds,
        mentors,
        connections,
        slots,
        preferences,
        run_looks,
        supervisions,
        incomplete,
        waitings,
        reactions,
        brought,
        jobs,
    ],
    figures=FIGURES,
    jobs=True,
    work=[carry, keep],
)
