"""Matching, put together: rounds, mentor cards, requests and places, waiting lists."""

from commons_chassis import standing
from commons_chassis.service import Service

from . import jobs, reactions
from .commands import connection, flash, places, preference, taking_part, waiting
from .figures import FIGURES
from .queries import connection as connections
from .queries import flash as slots
from .queries import mentor as mentors
from .queries import preference as preferences
from .queries import round as rounds
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
        rounds,
        mentors,
        connections,
        slots,
        preferences,
        waitings,
        reactions,
        jobs,
    ],
    figures=FIGURES,
    jobs=True,
    work=[carry],
)
