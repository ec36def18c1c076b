"""The shape of a list of meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

Words = Mapping[type[Enum], tuple[str, Mapping[str, str]]]
"""Of each enum: what it is, and what each value means."""
