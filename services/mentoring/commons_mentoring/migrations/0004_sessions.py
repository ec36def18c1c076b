"""Sessions, what is written about them, and each person's calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
PROJECT = "project = current_setting('app.project')::uuid"
OWN = "current_setting('app.own') = 'on'"
PERSON = f"person = current_setting('app.person')::uuid or {OWN}"
PAIR = f"{PROJECT} and (current_setting('app.person')::uuid in (mentor, mentee) or {OWN})"
WALLS = {
    "sessions": (PROJECT, PROJECT),
    "session_texts": (PAIR, PAIR),
    "session_tasks": (PAIR, PAIR),
    "calendar_entries": (f"{PERSON} or {PROJECT}", "true"),
    "calendar_feeds": (PERSON, "true"),
}


def _pair() -> tuple[sa.Column, sa.Column]:
    return sa.Column("mentor", sa.Uuid(), nullable=False), sa.Column("mentee", sa.Uuid(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f(f"fk_{table}_session_sessions"))


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists btree_gist")
    _sessions()
    _words()
    _calendars()
    for table, (sees, adds) in WALLS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy sees on {table} to mentoring_app using ({sees}) with check ({adds})")
        op.execute(f"create policy owner_sees on {table} to mentoring_owner using (true) with check (true)")


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("mentorship", sa.Uuid(), nullable=False),
        *_pair(),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        _time("starts_at"),
        _time("ends_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mentorship"], ["mentorships.id"], name=op.f("fk_sessions_mentorship_mentorships")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    for column in ("mentorship", "mentor", "mentee"):
        op.create_index(op.f(f"ix_sessions_{column}"), "sessions", [column])


def _words() -> None:
    op.create_table(
        "session_texts",
        sa.Column("session", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        *_pair(),
        sa.Column("agenda", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        _of_session("session_texts"),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_session_texts")),
    )
    op.create_table(
        "session_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=False),
        *_pair(),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        _time("done_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_session("session_tasks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_tasks")),
    )
    op.create_index(op.f("ix_session_tasks_session"), "session_tasks", ["session"])


def _calendars() -> None:
    op.create_table(
        "calendar_entries",
        sa.Column("session", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        _time("starts_at"),
        _time("ends_at"),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name=op.f("ex_calendar_entries_one_at_a_time"),
        ),
        _of_session("calendar_entries"),
        sa.PrimaryKeyConstraint("session", "person", name=op.f("pk_calendar_entries")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        _time("since"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    op.create_table(
        "person_zones",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person_zones")),
    )
