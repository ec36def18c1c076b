"""What is known of people for matching: consents, training, vetting, supervision; where places are; prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
PROJECTS = "project = current_setting('app.project')::uuid"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _heard()
    _supervisions()
    op.create_table(
        "place_points",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_place_points"),
    )
    _prices()
    for table in ("consents", "trainings", "vettings", "supervisions", "prices", "pricings"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy sees on {table} to matching_app using ({PROJECTS}) with check ({PROJECTS})")
        op.execute(f"create policy owner_sees on {table} to matching_owner using (true) with check (true)")


def _heard() -> None:
    op.create_table(
        "consents",
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("project", "person", "criterion", name="pk_consents"),
    )
    op.create_table(
        "trainings",
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("project", "person", "module", name="pk_trainings"),
    )
    op.create_table(
        "vettings",
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("project", "person", name="pk_vettings"),
    )


def _supervisions() -> None:
    op.create_table(
        "supervisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("supervisor", sa.Uuid(), nullable=False),
        sa.Column("supervised", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supervisions"),
        sa.UniqueConstraint(
            "project", "supervisor", "supervised", "by", name="uq_supervisions_project_supervisor_supervised_by"
        ),
    )
    op.create_index("ix_supervisions_supervisor", "supervisions", ["supervisor"])
    op.create_index("ix_supervisions_supervised", "supervisions", ["supervised"])


def _prices() -> None:
    op.create_table(
        "prices",
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("mentor", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name="fk_prices_round_rounds"),
        sa.PrimaryKeyConstraint("round", "mentor", name="pk_prices"),
    )
    op.create_table(
        "pricings",
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name="fk_pricings_round_rounds"),
        sa.PrimaryKeyConstraint("round", name="pk_pricings"),
    )
