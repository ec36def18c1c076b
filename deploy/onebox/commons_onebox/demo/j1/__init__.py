"""Journey J1: recruitment opens, and a mentee finds a mentor."""

from __future__ import annotations

from ..play import Journey
from . import answering, asking, opening, readiness, recruitment, search, silence, waiting, walls
from .story import FIRST_DAY, SEEDED_AT, Story

__all__ = ["JOURNEY"]

JOURNEY = Journey(
    name="J1",
    project="westem",
    seeded_at=SEEDED_AT,
    begins=FIRST_DAY,
    story=Story,
    scenes=(
        ("J1.1", "A coordinator opens recruitment", recruitment.recruitment_opens),
        ("J1.2", "A mentee joins, and accepts the code of conduct", recruitment.a_mentee_joins),
        ("J1.3", "The second in which registration opens", recruitment.the_second_it_opens),
        ("J1.4", "A mentor gets ready", readiness.a_mentor_gets_ready),
        ("J1.5", "The mentee searches", search.a_mentee_searches),
        ("J1.6", "The mentee asks", asking.a_mentee_asks),
        ("J1.7", "Eight ask one mentor", answering.eight_ask_one),
        ("J1.7", "Sixty-four answers at once", answering.sixty_four_at_once),
        ("J1.8", "A match opens a mentorship and a channel", opening.a_match_opens_everything),
        ("J1.8", "It is told at once", opening.it_is_told_at_once),
        ("J1", "The young are safe", walls.the_young_are_safe),
        ("J1.9", "A mentor says no", silence.a_no_has_a_reason),
        ("J1.9", "A mentor says nothing", silence.silence_runs_out),
        ("J1.10", "A place comes free", waiting.a_place_comes_free),
        ("J1.10", "A second round", waiting.the_unmatched_come_first),
        ("J1", "Strangers learn nothing", walls.strangers_learn_nothing),
        ("J1", "One code, many languages", walls.the_grammar_holds),
    ),
    afterwards=(
        "The business clock stands still on 10 November 2026. Who has not accepted version 2 of the code of conduct is asked"
        " to before she writes."
    ),
)
