"""Every message there is."""

from __future__ import annotations

import pytest

from commons_contracts.base import Message
from commons_contracts.spoken import spoken


@pytest.fixture(scope="session")
def messages() -> list[type[Message]]:
    return spoken()
