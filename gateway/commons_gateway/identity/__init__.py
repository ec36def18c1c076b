"""Who asks: a bearer token or a session becomes a caller, or is refused."""

from .caller import NOBODY, Caller
from .identity import Identity

__all__ = ["NOBODY", "Caller", "Identity"]
