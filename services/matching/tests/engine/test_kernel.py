"""Kernels are kept on disk where that may be, and work all the same where it may not."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import caching

from commons_matching.rules.engine.kernel import PLAIN, kept_in, kernel


def twice(of):
    return of * 2


def test_a_place_where_nothing_may_be_written_is_no_error(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert list(kernel(twice)(np.array([1, 2]))) == [2, 4]


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kept_in.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    kept_in.cache_clear()


def test_what_can_be_kept_is_kept_for_just_these_kernels(place):
    assert list(kernel(twice)(np.array([1, 2]))) == [2, 4]
    assert [file.is_relative_to(kept_in()) for file in place.rglob("*.nbi")] == [True]
    assert kept_in().parent == place


def test_without_compiling_a_kernel_is_as_it_was_written(monkeypatch):
    monkeypatch.setenv(PLAIN, "1")
    assert kernel(twice) is twice
