"""letters about notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
HERS = "person = current_setting('app.person')::uuid or current_setting('app.own') = 'on'"
PROJECTS = "project = current_setting('app.project')::uuid"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _letters()
    _notices()
    _preferences()
    _stop_links()
    _meetings()


def _letters() -> None:
    """The defaults are what a process of the version before means by a letter."""
    op.add_column("letters", sa.Column("kind", sa.Text(), nullable=False, server_default="SIGN_IN"))
    op.add_column("letters", sa.Column("project", sa.Uuid(), nullable=True))
    early = sa.text("'1970-01-01 00:00+00'")
    op.add_column("letters", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False, server_default=early))
    for name in ("address", "language", "ends_at"):
        op.alter_column("letters", name, nullable=True)
    op.drop_index("ix_letters_try_at", "letters")
    op.create_index("ix_letters_leaves_at", "letters", ["leaves_at"])
    op.create_index("ix_letters_person_project", "letters", ["person", "project"])


def _notices() -> None:
    """What was told before there were letters is sorted: nobody gets mail about the past."""
    op.add_column("notices", sa.Column("sorted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("notices", "sorted", server_default=sa.false())
    op.add_column("notices", sa.Column("letter", sa.Uuid(), nullable=True))
    op.create_index("notices_to_sort", "notices", ["place"], postgresql_where=sa.text("not sorted"))
    op.create_index("ix_notices_letter", "notices", ["letter"])


def _preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("ways", postgresql.JSONB(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project", "person", name="pk_preferences"),
    )
    _wall("preferences", HERS, "true")


def _stop_links() -> None:
    op.create_table(
        "stop_links",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token", name="pk_stop_links"),
    )
    op.create_index("ix_stop_links_person", "stop_links", ["person"])
    _wall("stop_links", HERS, "true")


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("session", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("mentorship", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_meetings"),
    )
    op.create_index("ix_meetings_mentorship", "meetings", ["mentorship"])
    _wall("meetings", PROJECTS, PROJECTS)


def _wall(table: str, sees: str, appends: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy sees on {table} to profiles_app using ({sees}) with check ({appends})")
    op.execute(f"create policy owner_sees on {table} to profiles_owner using (true) with check (true)")
