"""The candidate graph: rows cover the pairs, and the same pairs have the same hash."""

from __future__ import annotations

import numpy as np
import pytest

from commons_matching.rules.engine.graph import Graph, graph_of


def test_a_row_gives_its_mentors_and_their_points():
    graph = graph_of([[(2, 900), (0, 100)], [], [(1, 50)]], mentors=3)

    assert (graph.mentees, graph.mentors, graph.pairs) == (3, 3, 3)
    assert [[list(part) for part in graph.row(i)] for i in range(3)] == [[[2, 0], [900, 100]], [[], []], [[1], [50]]]


def test_the_hash_is_of_the_content():
    one, same = (graph_of([[(0, 5)], [(1, 7)]], mentors=2) for _ in range(2))
    others = [graph_of([[(0, 5), (1, 7)], []], mentors=2), graph_of([[(0, 5)], [(1, 7)]], mentors=3)]

    assert one.hash == same.hash
    assert one.hash not in {other.hash for other in others}


def test_nobody_changes_a_graph():
    graph = graph_of([[(0, 5)]], mentors=1)

    with pytest.raises(ValueError, match="read-only"):
        graph.cols[0] = 1


def test_rows_that_do_not_cover_the_pairs_are_refused():
    short, one = np.array([0, 1], np.int64), np.zeros(2, np.int32)

    with pytest.raises(ValueError, match="cover"):
        Graph(indptr=short, cols=one, points=one, mentors=1)
