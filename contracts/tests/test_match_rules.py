"""What a design may say of how people are matched: what could not be counted is refused before it is stored."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from commons_contracts.codes import Criterion, Method
from commons_contracts.mentoring import MatchRules, PairRules, Weight


def weights(*criteria):
    return tuple(Weight(criterion=criterion, points=100) for criterion in criteria)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"criteria": weights(Criterion.FIELD, Criterion.FIELD)}, "two weights"),
        ({"criteria": ({"criterion": "SHOE_SIZE", "points": 1},)}, "SHOE_SIZE"),
        ({"criteria": ({"criterion": "FIELD", "points": 10_001},)}, "10000"),
        ({"criteria": weights(*Criterion), "opt_in": (Criterion.FIELD, Criterion.HOURS, Criterion.PLACE)}, "opt-in"),
        ({"pairs": {"hours_least": 6, "hours_enough": 5}}, "fewer hours"),
        ({"pairs": {"reach_km": 5001}}, "5000"),
        ({"pairs": {"language_least": "D1"}}, "language_least"),
        ({"bands": (4000, 5000, 6000)}, "at most 2"),
        ({"price_percent": 201}, "200"),
        ({"price_percent": -1}, "greater than or equal to 0"),
    ],
)
def test_what_could_not_be_counted_is_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        MatchRules.model_validate({"method": Method.ALGORITHM} | wrong)


def test_what_a_design_leaves_out_is_as_it_was():
    made = MatchRules(method=Method.ALGORITHM, criteria=weights(*Criterion))
    assert made.pairs == PairRules()
    assert made.bands == ()
    assert made.price_percent == 100
