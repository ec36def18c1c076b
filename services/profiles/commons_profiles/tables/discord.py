"""Where a project announces what happens in it, sealed; and what waits to be announced. No person stands in either."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.classify import NONE, secret
from commons_chassis.tables import Wall, ident, project, table

from .people import Moment, Strings, metadata

discord_webhooks = table(
    "discord_webhooks",
    metadata,
    project(primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False, info=secret("announcements", retention="until removed")),
    sa.Column("topics", Strings, nullable=False, info=NONE),
    sa.Column("state", sa.Text, nullable=False, info=NONE),
    sa.Column("since", Moment, nullable=False, info=NONE),
    sa.Column("rests_until", Moment, info=NONE),
    wall=Wall.PLATFORM,
)
"""`since`, by the business clock: what was told before is not announced, however late it is heard of."""

discord_posts = table(
    "discord_posts",
    metadata,
    ident(),
    project(),
    sa.Column("topic", sa.Text, nullable=False, info=NONE),
    sa.Column("try_at", Moment, nullable=False, info=NONE),
    sa.Column("ends_at", Moment, nullable=False, info=NONE),
    sa.Column("tries", sa.Integer, nullable=False, info=NONE),
    sa.Column("over_at", Moment, info=NONE),
    sa.Index("posts_that_wait", "try_at", postgresql_where=sa.text("over_at is null")),
    wall=Wall.PLATFORM,
)
"""Kept when it is over: a fact that is told again is not announced again. `try_at`, `ends_at` and `over_at` are real times."""
