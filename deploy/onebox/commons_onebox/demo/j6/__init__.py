"""Journey J6: coordinators, and a match run in the recruitment rush."""

from __future__ import annotations

from ..play import Journey
from . import circles, deciding, explaining, fairness, publishing, scaling, starting
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["JOURNEY"]

JOURNEY = Journey(
    name="J6",
    project="women-stem-up",
    seeded_at=SEEDED_AT,
    begins=BEGINS,
    story=Story,
    scenes=(
        ("J6.1", "A run is started once", starting.a_run_is_started_once),
        ("J6.2", "It is followed, and comes out the same again", starting.it_can_be_followed_and_repeated),
        ("J6.2", "Whoever computes", scaling.one_is_killed_with_work_in_hand),
        ("J6.4", "Every pair has its reasons", explaining.every_pair_has_its_reasons),
        ("J6.5", "Everyone who is left hears why", explaining.everyone_left_hears_why),
        ("J6.8", "Fair to whom", fairness.fair_to_whom),
        ("J6.6", "A coordinator decides otherwise", deciding.a_coordinator_decides_otherwise),
        ("J6.7", "All of it is published, or nothing", publishing.all_or_nothing),
        ("J8.4", "Circles, where the design says so", circles.circles_are_formed),
        ("J6", "Strangers learn nothing", publishing.strangers_learn_nothing),
    ),
    afterwards="The business clock stands still on 17 August 2027: the pairs of a match run have just been published.",
)
