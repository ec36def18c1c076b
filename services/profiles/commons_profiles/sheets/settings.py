"""How large a table may be."""

from __future__ import annotations

from functools import cache
from typing import Self

from pydantic import Field

from commons_chassis.settings import PlatformSettings


class SheetSettings(PlatformSettings):
    """`COMMONS_PROFILES__SHEET_ROWS`, `COMMONS_PROFILES__SHEET_BYTES`."""

    sheet_rows: int = Field(default=5_000, ge=1, le=20_000)
    sheet_bytes: int = Field(default=5_000_000, ge=1_000, le=50_000_000)

    @classmethod
    @cache
    def of_environment(cls) -> Self:
        return cls.told(_env_prefix="COMMONS_PROFILES__")

    def fit(self) -> Self:
        """Where the process may run is said by its other settings."""
        return self
