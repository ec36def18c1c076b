"""the four phases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("mentorship", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mentor", sa.Uuid(), nullable=False),
        sa.Column("mentee", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentor_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentee_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mentorship"], ["mentorships.id"], name=op.f("fk_agreements_mentorship_mentorships")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("mentorship", "number", name=op.f("uq_agreements_mentorship_number")),
    )
    op.add_column(
        "checklist_lines", sa.Column("asked_of", sa.String(length=40), server_default="EITHER", nullable=False)
    )
    op.add_column("checklist_lines", sa.Column("mentor_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("checklist_lines", sa.Column("mentee_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("checklist_lines", "done_by")
    op.add_column("mentorships", sa.Column("state", sa.String(length=40), server_default="OPEN", nullable=False))
    op.add_column("mentorships", sa.Column("merged", sa.Text(), nullable=True))
    op.add_column("mentorships", sa.Column("active_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update mentorships set active_at = opened_at")
    op.alter_column("mentorships", "active_at", nullable=False)
    op.add_column("mentorships", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("mentorships", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("mentorships", sa.Column("minutes_a_month", sa.Integer(), nullable=True))
    op.add_column("mentorships", sa.Column("cadence_days", sa.Integer(), nullable=True))
    op.add_column("mentorships", sa.Column("session_minutes", sa.Integer(), nullable=True))
    op.add_column("mentorships", sa.Column("agreement_language", sa.Text(), nullable=True))
    op.add_column("mentorships", sa.Column("agreement", sa.Integer(), server_default="0", nullable=False))
    op.add_column("mentorships", sa.Column("newest", sa.Integer(), server_default="0", nullable=False))
    op.add_column("mentorships", sa.Column("extension_to", sa.Date(), nullable=True))
    op.add_column("mentorships", sa.Column("extension_by", sa.String(length=40), nullable=True))
    op.add_column("mentorships", sa.Column("halfway_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mentorships", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mentorships", sa.Column("frozen_from", sa.String(length=40), nullable=True))
    op.add_column("mentorships", sa.Column("resuming", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("mentorships", sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    op.add_column("mentorships", sa.Column("over_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mentorships", sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("mentorships", "changed", server_default=None)
    op.add_column("unopened_matches", sa.Column("slot_starts_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("unopened_matches", sa.Column("slot_minutes", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_mentorships_project_changed"), "mentorships", ["project", "changed"], unique=False)
    op.execute("alter table agreements enable row level security")
    op.execute("alter table agreements force row level security")
    op.execute(
        "create policy sees on agreements to mentoring_app using (project = current_setting('app.project')::uuid and (current_setting('app.person')::uuid in (mentor, mentee) or current_setting('app.own') = 'on')) with check (project = current_setting('app.project')::uuid and (current_setting('app.person')::uuid in (mentor, mentee) or current_setting('app.own') = 'on'))"
    )
    op.execute("create policy owner_sees on agreements to mentoring_owner using (true) with check (true)")
