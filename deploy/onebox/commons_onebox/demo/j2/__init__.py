"""Journey J2: a traditional relationship through four phases, and three that end otherwise."""

from __future__ import annotations

from ..play import Journey
from . import agreeing, alone, closing, meeting, phases, resting, working
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["JOURNEY"]

JOURNEY = Journey(
    name="J2",
    project="westem",
    seeded_at=SEEDED_AT,
    begins=BEGINS,
    story=Story,
    scenes=(
        ("J2", "Four pairs find each other", phases.four_pairs_begin),
        ("J2.1", "What is to be done comes first", phases.the_checklist_is_a_gate),
        ("J2.1", "Two phases in one meeting", phases.two_phases_in_one_meeting),
        ("J2.2", "The first meeting", meeting.the_first_is_the_mentees),
        ("J2.3", "What an agreement must hold", agreeing.an_agreement_is_complete),
        ("J2.4", "Two signatures on one version", agreeing.both_sign_one_version),
        ("J2.7", "Goals change on the way", working.goals_are_revised_by_both),
        ("J2.11", "Longer, if both want it", working.both_extend_it),
        ("J2.5", "They meet", meeting.they_meet),
        ("J2.6", "What one writes for oneself", alone.hers_alone),
        ("J2.8", "Half of the time is over", working.half_of_the_time_is_over),
        ("J2.9", "The end of the way", closing.it_is_completed),
        ("J2.10", "An end without fault", closing.either_ends_it),
        ("J2.8", "Nothing happens for long", resting.nothing_happens),
        ("J2.8", "It goes on after all", resting.it_goes_on),
    ),
    afterwards="The business clock stands still on 1 January 2027: a paused mentorship has just gone on.",
)
