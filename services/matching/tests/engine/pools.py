"""Synthetic people: seeded, in the proportions of a real recruitment, from ten to a hundred thousand."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from commons_contracts.codes import Background, Cefr, Criterion, Goal, Modality, Stage, Topic
from commons_matching.rules.engine.people import PAIRWISE, Apart, People, Profile
from commons_matching.rules.engine.weights import Rules

PROJECT = UUID(int=7)
TONGUES = ["en", "sv", "nb", "fi", "da", "de", "pl", "fa", "ar", "es", "fr", "tr", "uk", "so"]
OFTEN = np.array([0.62, 0.3, 0.18, 0.08, 0.1, 0.12, 0.06, 0.04, 0.05, 0.05, 0.05, 0.03, 0.04, 0.02])
FIELDS = [
    f"{broad}{narrow}{detail}" for broad in ("05", "06", "07") for narrow in range(1, 4) for detail in range(1, 5)
]
COUNTRIES = ["SE", "NO", "FI", "DK", "DE", "PL", "ES", "NL"]
LEVELS, GOALS, STAGES = list(Cefr), list(Goal), list(Stage)
TOPICS, BACKGROUNDS = list(Topic), list(Background)
MODES = [Modality.ONLINE, Modality.MIXED, Modality.HYBRID, Modality.FACE_TO_FACE]
WEIGHTS = (
    (Criterion.FIELD, 3000),
    (Criterion.GOALS, 2300),
    (Criterion.LANGUAGES, 1500),
    (Criterion.HOURS, 1000),
    (Criterion.PLACE, 1200),
    (Criterion.STAGE, 500),
    (Criterion.BACKGROUND, 500),
)
RULES = Rules(weights=WEIGHTS, opt_in=(Criterion.BACKGROUND,), other_organisation=True, hours_least=1)


def people(
    mentors: int, mentees: int, seed: int, *, towns: int = 400, places: float = 3.0, apart: float = 0.1
) -> People:
    """`places`: about how many each mentor takes; `apart`: pairs kept apart, for each mentee."""
    draw = np.random.default_rng(seed)
    towns_at = [(float(draw.uniform(54, 66)), float(draw.uniform(5, 28)), int(draw.integers(8))) for _ in range(towns)]
    one = tuple(_profile(draw, n + 1, towns_at, places, mentor=True) for n in range(mentors))
    other = tuple(_profile(draw, 1_000_000 + n, towns_at, places, mentor=False) for n in range(mentees))
    pairs = {
        (one[draw.integers(mentors)].person, other[draw.integers(mentees)].person): PAIRWISE[draw.integers(3)]
        for _ in range(int(mentees * apart) if mentors else 0)
    }
    kept = tuple(Apart(mentor=a, mentee=b, why=why) for (a, b), why in pairs.items())
    return People(mentors=one, mentees=other, apart=kept)


def _profile(draw, number, towns, places, *, mentor):
    town = min(int(draw.exponential(len(towns) / 5)), len(towns) - 1)
    north, east, country = towns[town]
    spoken = np.flatnonzero(draw.random(len(TONGUES)) < OFTEN)
    return Profile(
        person=UUID(bytes=draw.bytes(16)),
        projects=(PROJECT,),
        fields=tuple(draw.choice(FIELDS, 1 + int(draw.random() < 0.4), replace=False).tolist()),
        languages=tuple((TONGUES[n], LEVELS[min(5, int(draw.integers(1, 7)))]) for n in spoken),
        country=COUNTRIES[country],
        place=town,
        at=(north, east),
        radius_km=int(draw.choice([20, 50, 100])),
        modality=MODES[int(draw.choice(4, p=[0.45, 0.3, 0.15, 0.1]))],
        hours=_hours(draw),
        goals=tuple(
            GOALS[n] for n in draw.choice(len(GOALS), int(draw.integers(1, 5 if mentor else 4)), replace=False)
        ),
        topics=tuple(TOPICS[n] for n in draw.choice(len(TOPICS), 3, replace=False)),
        background=tuple(BACKGROUNDS[n] for n in range(6) if draw.random() < 0.15),
        stage=STAGES[min(6, int(draw.integers(3, 7) if mentor else draw.integers(0, 5)))],
        organisation=UUID(int=int(draw.integers(1, 200)) << 70) if draw.random() < 0.7 else None,
        opted_in=(Criterion.BACKGROUND,) if draw.random() < 0.4 else (),
        woman=bool(draw.random() < 0.7) if draw.random() < 0.9 else None,
        minor=not mentor and bool(draw.random() < 0.05),
        vetted=bool(draw.random() < 0.4),
        wants_woman=not mentor and bool(draw.random() < 0.1),
        ready=bool(draw.random() < 0.97),
        places=1 + int(draw.poisson(places - 1)) if mentor else 1,
    )


def _hours(draw):
    """Evenings and weekends more than office hours."""
    week = draw.random(56) < np.tile([0.0, 0.0, 0.02, 0.12, 0.12, 0.16, 0.35, 0.1], 7)
    return int(sum(1 << int(n) for n in np.flatnonzero(week)))
