"""Kernels are kept on disk where that may be, and work all the same where it may not."""

from __future__ import annotations

import numpy as np
from numba.core import caching

from commons_matching.rules.engine.kernel import kernel


def twice(of):
    return of * 2


def test_a_place_where_nothing_may_be_written_is_no_error(monkeypatch):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert list(kernel(twice)(np.array([1, 2]))) == [2, 4]


def test_what_can_be_kept_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    assert list(kernel(twice)(np.array([1, 2]))) == [2, 4]
    assert list(tmp_path.rglob("*.nbi"))
