"""Which pages of other sites may ask from a browser: none, but those that a setting names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Scope

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
"""As browsers write one: lower case, no path. Neither `*` nor `null`."""
HEADERS_TAKEN = "Accept-Language, Authorization, Commons-Project, Content-Type"
HEADERS_TOLD = "Retry-After, X-Request-Id"
REMEMBERED_SECONDS = 600
SHARED = "/graphql"
"""What other sites may ask at all: the API and its schema. Pages and signing in are for our own origin."""


class Origins:
    """Credentials stay home: another site's page sends its own token, never our cookies."""

    def __init__(self, setting: str) -> None:
        """`setting`: exact origins, comma-separated. Raises ValueError for what is no origin."""
        self.named = frozenset(filter(None, (part.strip() for part in setting.split(","))))
        for origin in self.named:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"COMMONS_ORIGINS: {origin!r} is no origin, such as https://portal.example.org")

    def may_open(self, headers: Headers) -> bool:
        """A socket: from our own pages, from a named site, and from what is no browser."""
        origin = headers.get("origin")
        ours = origin is not None and origin.partition("://")[2] == headers.get("host")
        return origin is None or ours or origin in self.named

    def told(self, scope: Scope, headers: Headers) -> Mapping[str, str]:
        """The headers by which a browser lets a named site's page read an answer."""
        if not self.named or not scope["path"].startswith(SHARED):
            return {}
        origin = headers.get("origin", "")
        allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": HEADERS_TOLD}
        return {"Vary": "Origin", **(allowed if origin in self.named else {})}

    def asks_first(self, scope: Scope, headers: Headers) -> bool:
        """Is it a browser asking whether a page may ask?"""
        return (
            scope["method"] == "OPTIONS"
            and scope["path"].startswith(SHARED)
            and "access-control-request-method" in headers
        )

    def permission(self, headers: Headers) -> Mapping[str, str]:
        """The answer to that; without these headers it is a no."""
        if headers.get("origin") not in self.named:
            return {}
        return {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": HEADERS_TAKEN,
            "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
        }
