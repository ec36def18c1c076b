"""Matching with as many processes as a test hires."""

from __future__ import annotations

import pytest

from .ground import ground as grounds
from .ground import matching


@pytest.fixture(scope="module")
def servers(tmp_path_factory, postgres_dsn, worker_id):
    with matching(tmp_path_factory.mktemp("scale"), postgres_dsn, worker_id) as pair:
        yield pair


@pytest.fixture
async def ground(servers, tmp_path):
    async with grounds(*servers, tmp_path) as ground:
        yield ground
