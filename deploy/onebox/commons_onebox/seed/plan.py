"""The four projects as a fresh platform has them: where they are, which design they run, and how many take part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from commons_contracts.codes import Audience, Role
from commons_contracts.ids import Country, Slug, Tongue, Zone

CHOSEN = (
    Role.MENTOR,
    Role.MENTEE,
    Role.PROFESSIONAL,
    Role.TEACHER,
    Role.COUNSELLOR,
    Role.COMPANY,
    Role.UNIVERSITY,
    Role.NETWORK,
)
GRANTED = (Role.COORDINATOR, Role.FACILITATOR, Role.SAFEGUARDING_LEAD)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One project. `slug` is also the name of its design and of its codes of conduct."""

    slug: Slug
    name: str
    zone: Zone
    languages: tuple[Tongue, ...]
    starts_in: timedelta | None = None
    """From the day of seeding to the start of the round; None where recruitment never closes."""
    lasts: timedelta | None = None
    crowds: Mapping[Role, int] = field(default_factory=dict)
    """How many have chosen a role, where more than the one who stands for it."""
    audiences: Mapping[Role, tuple[Audience, ...]] = field(default_factory=dict)
    homes: Mapping[Country, int]
    """Where they live, as weights."""
    origins: Mapping[Country, int] = field(default_factory=dict)
    """Where they come from, where that is another question."""
    north_of: float | None = None
    """The latitude beyond which all of them live."""

    def count(self, role: Role) -> int:
        return self.crowds.get(role, 1)


PLANS = (
    Plan(
        slug="westem",
        name="WESTEM",
        zone="Europe/Stockholm",
        languages=("sv", "en"),
        starts_in=timedelta(days=14),
        lasts=timedelta(days=110),
        crowds={
            Role.MENTOR: 310,
            Role.MENTEE: 830,
            Role.PROFESSIONAL: 6,
            Role.TEACHER: 4,
            Role.COMPANY: 4,
            Role.UNIVERSITY: 6,
            Role.NETWORK: 4,
        },
        audiences={
            Role.MENTOR: (Audience.PROFESSIONAL_WOMAN, Audience.HEI_STAFF, Audience.STUDENT),
            Role.MENTEE: (Audience.STUDENT, Audience.STUDENT, Audience.PROFESSIONAL_WOMAN),
            Role.UNIVERSITY: (Audience.HEI_STAFF,),
            Role.NETWORK: (Audience.ASSOCIATION, Audience.POLICY_MAKER),
        },
        homes={"SE": 54, "NO": 8, "FI": 8, "DK": 7, "DE": 8, "PL": 5, "ES": 5, "IT": 5},
    ),
    Plan(
        slug="women-stem-up",
        name="Women STEM Up",
        zone="Europe/Stockholm",
        languages=("en", "sv"),
        starts_in=timedelta(days=21),
        lasts=timedelta(days=180),
        crowds={Role.MENTOR: 100, Role.MENTEE: 285, Role.UNIVERSITY: 3},
        audiences={
            Role.MENTOR: (Audience.HEI_STAFF, Audience.PROFESSIONAL_WOMAN),
            Role.MENTEE: (Audience.STUDENT,),
            Role.UNIVERSITY: (Audience.HEI_STAFF,),
        },
        homes={"SE": 40, "GR": 20, "ES": 15, "DE": 15, "FI": 10},
    ),
    Plan(
        slug="eumentorstem",
        name="EUMentorSTEM",
        zone="Europe/Rome",
        languages=("it", "hu", "el", "sv", "en"),
        starts_in=timedelta(days=30),
        lasts=timedelta(days=150),
        crowds={Role.MENTEE: 90, Role.PROFESSIONAL: 12},
        audiences={Role.MENTEE: (Audience.MIGRANT_WOMAN,), Role.PROFESSIONAL: (Audience.ADVISER,)},
        homes={"IT": 30, "HU": 15, "GR": 20, "SE": 20, "GB": 15},
        origins={"UA": 30, "SY": 20, "IR": 15, "TR": 15, "NG": 20},
    ),
    Plan(
        slug="stem-nord",
        name="STEM-nord",
        zone="Europe/Oslo",
        languages=("nb", "en"),
        crowds={Role.TEACHER: 12, Role.COUNSELLOR: 5, Role.COMPANY: 8, Role.UNIVERSITY: 3, Role.NETWORK: 2},
        audiences={
            Role.TEACHER: (Audience.TEACHER,),
            Role.COUNSELLOR: (Audience.ADVISER,),
            Role.COMPANY: (Audience.COMPANY,),
            Role.UNIVERSITY: (Audience.HEI_STAFF,),
        },
        homes={"NO": 1},
        north_of=65.0,
    ),
)
