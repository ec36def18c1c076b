"""Coordinators' tables of participants, and who was brought by one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
PROJECTS = "project = current_setting('app.project')::uuid"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("memberships", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
    _sheets()
    _parts_and_rows()
    op.create_table(
        "sheet_turns",
        sa.Column("sheet", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("of", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("sheet", name="pk_sheet_turns"),
    )
    for table in ("sheets", "sheet_parts", "sheet_rows"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy sees on {table} to profiles_app using ({PROJECTS}) with check ({PROJECTS})")
        op.execute(f"create policy owner_sees on {table} to profiles_owner using (true) with check (true)")


def _sheets() -> None:
    counts = ("rows", "new", "updates", "skipped", "wrong", "stayed")
    op.create_table(
        "sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("lacking", postgresql.JSONB(), nullable=False),
        sa.Column("unreadable", sa.Text(), nullable=True),
        sa.Column("without_wrong", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sheets"),
    )
    op.create_index("ix_sheets_project_staged_at", "sheets", ["project", "staged_at"])


def _parts_and_rows() -> None:
    op.create_table(
        "sheet_parts",
        sa.Column("sheet", sa.Uuid(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sheet", "nth", name="pk_sheet_parts"),
    )
    op.create_table(
        "sheet_rows",
        sa.Column("sheet", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("who", postgresql.JSONB(), nullable=True),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("met", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("sheet", "number", name="pk_sheet_rows"),
    )
    op.create_index("ix_sheet_rows_person", "sheet_rows", ["person"])
