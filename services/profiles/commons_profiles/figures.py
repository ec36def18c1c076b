"""What whoever watches the platform sees of profiles: which project is which."""

from __future__ import annotations

from commons_chassis.service import Figure

FIGURES = (
    Figure(
        "commons_project_info",
        "The projects: 1 for each, with its short name, to show other figures by.",
        ("project", "slug"),
        "select id as project, slug, 1 as value from projects",
    ),
)
