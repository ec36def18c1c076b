"""Match runs, what they propose, whom they leave, and what coordinators want of pairs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

LATEST_RUNS = """
    create function latest_runs() returns table (project uuid, run uuid, seconds double precision)
    language sql stable security definer set search_path = public, pg_temp as $$
        select distinct on (project) project, id, seconds from runs
        where seconds is not null and not dry_run order by project, since desc
    $$
"""
UNMATCHED_OF_RUNS = """
    create function unmatched_of_runs() returns table (project uuid, reason text, people bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
        select l.project, u.why, count(*) from latest_runs() l join unmatched u on u.run = l.run group by 1, 2
    $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "run_jobs",
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run", "kind", "turn", "n", name=op.f("pk_run_jobs")),
    )
    op.create_table(
        "pair_wishes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("style", sa.String(length=40), nullable=False),
        sa.Column("mentor", sa.Uuid(), nullable=False),
        sa.Column("mentee", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_pair_wishes_round_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_wishes")),
    )
    op.create_index(op.f("ix_pair_wishes_mentee"), "pair_wishes", ["mentee"])
    op.create_index(op.f("ix_pair_wishes_mentor"), "pair_wishes", ["mentor"])
    op.create_index(
        "uq_pair_wishes_pair",
        "pair_wishes",
        ["round", "style", "mentor", "mentee"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_index(
        "uq_pair_wishes_pin",
        "pair_wishes",
        ["round", "style", "mentee"],
        unique=True,
        postgresql_where=sa.text("wish = 'PIN' and lifted_at is null"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("style", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("result_hash", sa.Text(), nullable=True),
        sa.Column("mentors", sa.BigInteger(), nullable=False),
        sa.Column("mentees", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("shards", sa.BigInteger(), nullable=False),
        sa.Column("shards_done", sa.BigInteger(), nullable=False),
        sa.Column("workers", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("below", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("pins_dropped", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["runs.id"], name=op.f("fk_runs_based_on_runs")),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_runs_round_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_project_changed"), "runs", ["project", "changed"])
    op.create_index(
        "uq_runs_under_way", "runs", ["round"], unique=True, postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')")
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("mentor", sa.Uuid(), nullable=False),
        sa.Column("mentee", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_proposals_run_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("run", "mentee", name=op.f("uq_proposals_run_mentee")),
    )
    op.create_index("ix_proposals_best_first", "proposals", ["run", sa.text("points desc"), "id"])
    op.create_index(op.f("ix_proposals_mentee"), "proposals", ["mentee"])
    op.create_index(op.f("ix_proposals_mentor"), "proposals", ["mentor"])
    op.create_index(op.f("ix_proposals_run_mentor"), "proposals", ["run", "mentor"])
    op.create_table(
        "run_snapshots",
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("prices", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_snapshots_run_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_run_snapshots")),
    )
    op.create_table(
        "unmatched",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("mentee", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=True),
        sa.Column("mentors", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_unmatched_run_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmatched")),
        sa.UniqueConstraint("run", "mentee", name=op.f("uq_unmatched_run_mentee")),
    )
    op.create_index(op.f("ix_unmatched_mentee"), "unmatched", ["mentee"])
    op.execute("alter table pair_wishes enable row level security")
    op.execute("alter table pair_wishes force row level security")
    op.execute(
        "create policy sees on pair_wishes to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on pair_wishes to matching_owner using (true) with check (true)")
    op.execute("alter table runs enable row level security")
    op.execute("alter table runs force row level security")
    op.execute(
        "create policy sees on runs to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on runs to matching_owner using (true) with check (true)")
    op.execute("alter table proposals enable row level security")
    op.execute("alter table proposals force row level security")
    op.execute(
        "create policy sees on proposals to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on proposals to matching_owner using (true) with check (true)")
    op.execute("alter table run_snapshots enable row level security")
    op.execute("alter table run_snapshots force row level security")
    op.execute(
        "create policy sees on run_snapshots to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on run_snapshots to matching_owner using (true) with check (true)")
    op.execute("alter table unmatched enable row level security")
    op.execute("alter table unmatched force row level security")
    op.execute(
        "create policy sees on unmatched to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on unmatched to matching_owner using (true) with check (true)")
    for text, name in ((LATEST_RUNS, "latest_runs()"), (UNMATCHED_OF_RUNS, "unmatched_of_runs()")):
        op.execute(text)
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to matching_app")
