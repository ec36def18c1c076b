"""Distances on the globe."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons_geo.rules.distance import EARTH_RADIUS_KM, Point, kilometres, latitudes_within

LULEA = Point(latitude=65.584, longitude=22.155)
POINTS = st.builds(Point, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
HALF_ROUND = pi * EARTH_RADIUS_KM


def test_a_degree_of_latitude_is_a_360th_of_the_way_round():
    assert kilometres(Point(latitude=60, longitude=10), Point(latitude=61, longitude=10)) == pytest.approx(
        HALF_ROUND / 180
    )


def test_a_degree_of_longitude_shrinks_to_half_at_60_degrees():
    at_equator = kilometres(Point(latitude=0, longitude=10), Point(latitude=0, longitude=11))
    at_60 = kilometres(Point(latitude=60, longitude=10), Point(latitude=60, longitude=11))

    assert at_60 / at_equator == pytest.approx(0.5, abs=1e-4)


def test_from_nashville_to_los_angeles_is_the_published_example():
    on_a_sphere_of_6372_8_km = 2887.2599506071106

    far = kilometres(Point(latitude=36.12, longitude=-86.67), Point(latitude=33.94, longitude=-118.40))

    assert far == pytest.approx(on_a_sphere_of_6372_8_km * EARTH_RADIUS_KM / 6372.8)


def test_neighbours_ten_metres_apart_are_told_apart():
    assert kilometres(LULEA, Point(latitude=65.58409, longitude=22.155)) == pytest.approx(0.010, abs=1e-4)


def test_the_date_line_is_no_border():
    assert kilometres(Point(latitude=0, longitude=179.5), Point(latitude=0, longitude=-179.5)) == pytest.approx(
        111.19, abs=0.01
    )


def test_the_other_side_of_the_earth_is_half_way_round_also_where_rounding_carries_past_it():
    here = Point(latitude=66.88254938993572, longitude=-15.181800249849033)
    there = Point(latitude=-66.88254938893571, longitude=164.81819974915098)

    assert kilometres(here, there) == pytest.approx(HALF_ROUND)


@given(POINTS, POINTS)
def test_there_and_back_is_equally_far_and_never_further_than_half_way_round(a, b):
    assert kilometres(a, b) == pytest.approx(kilometres(b, a), abs=1e-6)
    assert 0 <= kilometres(a, b) <= HALF_ROUND + 1e-6
    assert kilometres(a, a) == 0


@given(POINTS, POINTS)
def test_whatever_is_near_enough_lies_between_the_latitudes(a, b):
    south, north = latitudes_within(kilometres(a, b) + 1e-6, a)

    assert south <= b.latitude <= north


def test_the_latitudes_leave_out_what_is_too_far():
    south, north = latitudes_within(111, LULEA)

    assert (LULEA.latitude - south, north - LULEA.latitude) == pytest.approx((0.998, 0.998), abs=1e-3)
