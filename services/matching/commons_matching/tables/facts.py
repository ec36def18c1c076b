"""What matching has heard of people beside their cards: consents, training, vetting, supervision; where places are; prices."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal, special
from commons_chassis.tables import Wall, changed, ident, mapped, project, table
from commons_contracts.codes import Criterion, TrainingModule

from ..rules.supervision import Supervision
from .columns import code, of_round, person, time
from .schema import metadata

consents = table(
    "consents",
    metadata,
    project(primary_key=True),
    person("person", "matching, by consent", primary_key=True),
    code("criterion", Criterion, personal("matching, by consent"), primary_key=True),
    sa.Column("codes", pg.ARRAY(sa.Text), nullable=False, info=special("matching, by consent", retention="consent")),
    wall=Wall.PROJECT,
    copy_of="profiles",
)
"""What each has agreed to be matched by, with what she told for it. Withdrawn, the row is gone."""

trainings = table(
    "trainings",
    metadata,
    project(primary_key=True),
    person("person", "training", primary_key=True),
    code("module", TrainingModule, personal("training"), primary_key=True),
    sa.Column("held_on", sa.Date, nullable=False, info=personal("training")),
    wall=Wall.PROJECT,
    copy_of="profiles",
)
"""When each last took part in a module."""

vettings = table(
    "vettings",
    metadata,
    project(primary_key=True),
    person("person", "safeguarding", primary_key=True),
    sa.Column("until", sa.Date, info=personal("safeguarding")),
    wall=Wall.PROJECT,
    copy_of="profiles",
)
"""Through which day someone counts as vetted, by the paper that was seen last; none: what was found speaks against it."""

supervisions = table(
    "supervisions",
    metadata,
    ident(),
    project(),
    person("supervisor", "no mentor who supervises", index=True),
    person("supervised", "no mentor who supervises", index=True),
    person("by", "no mentor who supervises"),
    time("at"),
    sa.UniqueConstraint("project", "supervisor", "supervised", "by"),
    wall=Wall.PROJECT,
)
"""Who supervises whom, as either of the two or a coordinator has declared; each declaration is its maker's to take back."""

mapped(metadata, Supervision, supervisions)

place_points = table(
    "place_points",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    sa.Column("latitude", sa.Double, nullable=False, info=NONE),
    sa.Column("longitude", sa.Double, nullable=False, info=NONE),
    changed(),
    sa.Index(None, "changed"),
    wall=Wall.PLATFORM,
    copy_of="geo",
)
"""The centres of places that somebody lives in or near; finer than that nobody's home is known here."""

prices = table(
    "prices",
    metadata,
    of_round(primary_key=True),
    person("mentor", "spreading requests", primary_key=True),
    project(),
    sa.Column("points", sa.Integer, nullable=False, info=personal("spreading requests", export=False)),
    wall=Wall.PROJECT,
)
"""How sought a place with each mentor was when it was last reckoned, in points; who is not here costs nothing."""

pricings = table(
    "pricings",
    metadata,
    of_round(primary_key=True),
    project(),
    time("at", nullable=True),
    sa.Column("seen", sa.BigInteger, info=NONE),
    sa.Column("free", sa.Integer, info=NONE),
    time("turn_at", nullable=True),
    changed(),
    wall=Wall.PROJECT,
)
"""When the prices of a round were last set, from how many free places, and the transaction from which on nothing was seen.
`turn_at`: when a process last looked whether to reckon them anew, by the database's clock.
"""
