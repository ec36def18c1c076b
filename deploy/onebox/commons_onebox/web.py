"""The smallest HTTP client: to ask our own processes on this machine how they are."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

TIMEOUT = 2.0
SOON = 0.3
BROKEN = 500


def answers(url: str, body: bytes | None = None) -> bool:
    """Whether something serves there; with a body it is asked in JSON."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  our own address
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
            return True
    except urllib.error.HTTPError as refused:
        # Nobody signed in, so GraphQL may well refuse; it is there all the same.
        return body is not None and refused.code < BROKEN
    except (OSError, http.client.HTTPException):
        return False


def says_no(url: str) -> bool:
    """Whether somebody serves there and says that not all is well; soon, or not at all."""
    try:
        with urllib.request.urlopen(url, timeout=SOON):  # noqa: S310  our own address
            return False
    except urllib.error.HTTPError as refused:
        return refused.code >= BROKEN
    except (OSError, http.client.HTTPException):
        return False


def ask_json(url: str) -> Any:
    """What a page of JSON says, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  our own address
            return json.load(answer)
    except (OSError, http.client.HTTPException):
        return None
