"""Journey J5: a university designs how people are brought together, and both sides choose."""

from __future__ import annotations

from ..play import Journey
from . import incomplete, method, notice, ranking, stable, supervision, training
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["JOURNEY"]

JOURNEY = Journey(
    name="J5",
    project="women-stem-up",
    seeded_at=SEEDED_AT,
    begins=BEGINS,
    story=Story,
    scenes=(
        ("J5.2", "The method says who begins", method.the_method_says_who_begins),
        ("J5.8", "Everyone reads how matching works", notice.everyone_reads_how_it_works),
        ("J5.4", "Training comes first", training.training_comes_first),
        ("J5.5", "What counts is told, or skipped and said so", incomplete.what_counts_is_told_or_skipped),
        ("J5.7", "A supervisor is no mentor", supervision.a_supervisor_is_no_mentor),
        ("J5.6", "Both sides rank each other", ranking.both_sides_rank),
        ("J5.6", "The lists close at midnight", ranking.lists_close_at_midnight),
        ("J5.6", "Nobody would rather have another", stable.nobody_would_rather_have_another),
    ),
    afterwards="The business clock stands still on 8 March 2027: pairs that both sides chose have just been published.",
)
