"""Profiles, put together."""

from __future__ import annotations

from commons_chassis import standing
from commons_chassis.service import Service

from . import jobs, met, reactions
from .commands import (
    block,
    conduct,
    criteria,
    discord,
    entrance,
    introduction,
    membership,
    notice,
    organisation,
    people,
    person,
    preferences,
    profile,
    project,
    sheet,
)
from .commands import readiness as readying
from .figures import FIGURES
from .post.herald import announce
from .post.office import deliver
from .queries import criteria as agreed
from .queries import discord as announced
from .queries import entrance as seeing
from .queries import notice as notices
from .queries import organisation as organisations
from .queries import person as reading
from .queries import preferences as wishes
from .queries import project as projects
from .queries import sheet as tables
from .sheets.work import take_up
from .tables import metadata

service = Service(
    "profiles",
    metadata,
    [
        standing,
        project,
        person,
        membership,
        conduct,
        profile,
        introduction,
        readying,
        criteria,
        agreed,
        people,
        block,
        notice,
        preferences,
        organisation,
        entrance,
        discord,
        projects,
        reading,
        organisations,
        notices,
        wishes,
        seeing,
        sheet,
        tables,
        met,
        announced,
        reactions,
        jobs,
    ],
    work=[deliver, announce, take_up],
    figures=FIGURES,
)
