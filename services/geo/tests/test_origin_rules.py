"""From where a distance is reckoned."""

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_geo.rules.distance import Point
from commons_geo.rules.origin import origin


def test_a_place_alone_or_a_point_alone_is_an_origin():
    assert origin(604490, None, None) == 604490
    assert origin(None, 0.0, 22.2) == Point(latitude=0.0, longitude=22.2)


@pytest.mark.parametrize(
    "asked",
    [(None, None, None), (1, 65.6, 22.2), (1, 65.6, None), (1, None, 22.2), (None, 65.6, None), (None, None, 22.2)],
)
def test_both_or_neither_or_half_a_point_is_none(asked):
    with pytest.raises(Refusal) as no:
        origin(*asked)

    assert no.value.code == RefusalCode.BBOX_INVALID
    assert no.value.params == {"either": ["place"], "otherwise": ["latitude", "longitude"]}
