"""What members agreed to be matched by, with what they told for it; and whose papers were seen."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import personal, special
from commons_chassis.tables import Wall, ident, project, table

from .people import Moment, Strings, metadata, person_column

criterion_consents = table(
    "criterion_consents",
    metadata,
    ident(),
    project(),
    person_column("proof of consent"),
    sa.Column("criterion", sa.Text, nullable=False, info=personal("proof of consent")),
    sa.Column("gender", sa.Text, info=special("matching, by consent", retention="consent")),
    sa.Column("background", Strings, nullable=False, info=special("matching, by consent", retention="consent")),
    sa.Column("language", sa.Text, nullable=False, info=personal("proof of consent")),
    sa.Column("given_at", Moment, nullable=False, info=personal("proof of consent")),
    sa.Column("withdrawn_at", Moment, info=personal("proof of consent")),
    sa.Index(
        "one_standing_criterion_consent",
        "project",
        "person",
        "criterion",
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    ),
    wall=Wall.PROJECT,
)
"""What she told is blanked when she withdraws; that she once agreed stays as proof."""

vettings = table(
    "vettings",
    metadata,
    ident(),
    project(),
    person_column("safeguarding", index=True),
    sa.Column("kind", sa.Text, nullable=False, info=personal("safeguarding")),
    sa.Column("country", sa.Text, nullable=False, info=personal("safeguarding")),
    sa.Column("outcome", sa.Text, nullable=False, info=personal("safeguarding")),
    sa.Column("seen_on", sa.Date, nullable=False, info=personal("safeguarding")),
    sa.Column("expires_on", sa.Date, nullable=False, info=personal("safeguarding")),
    sa.Column("seen_by", sa.Uuid, nullable=False, info=personal("safeguarding", erase="anonymise")),
    sa.Column("recorded_at", Moment, nullable=False, info=personal("safeguarding")),
    wall=Wall.PROJECT,
)
