"""What whoever watches the platform sees of matching: counts of each project, and nobody in them."""

from __future__ import annotations

from commons_chassis.service import Figure

FIGURES = (
    Figure(
        "commons_open_requests",
        "Requests that wait for the mentor's answer.",
        ("project", "style"),
        "select project, style, value from open_requests()",
    ),
    Figure(
        "commons_unmatched_mentees",
        "Mentees who take part in the project's current round and have no mentor yet.",
        ("project",),
        "select project, unmatched as value from current_rounds(:now)",
    ),
    Figure(
        "commons_round_opens_timestamp_seconds",
        "When recruitment for the project's current round opened.",
        ("project",),
        "select project, extract(epoch from opens_at) as value from current_rounds(:now) where opens_at is not null",
    ),
    Figure(
        "commons_round_closes_timestamp_seconds",
        "When recruitment for the project's current round closes, or closed.",
        ("project",),
        "select project, extract(epoch from closes_at) as value from current_rounds(:now) where closes_at is not null",
    ),
    Figure(
        "commons_round_seconds",
        "How long the project's latest match run took until it was proposed.",
        ("project",),
        "select project, seconds as value from latest_runs()",
    ),
    Figure(
        "commons_unmatched",
        "Mentees whom the project's latest match run left without a mentor, by reason.",
        ("project", "reason"),
        "select project, reason, people as value from unmatched_of_runs()",
    ),
)
"""The functions are in the migrations: they count over all projects, which no statement of a handler may."""
