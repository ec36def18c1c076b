"""How a browser signs in and out: at a partner's provider, or by a link in a letter. Everything under /auth."""

from .door import routes

__all__ = ["routes"]
