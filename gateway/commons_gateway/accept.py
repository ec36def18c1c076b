"""Which of the media types that we answer in a caller likes best."""

from __future__ import annotations

from collections.abc import Sequence

from commons_contracts.codes import FaultCode

from .faults import TurnedAway

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
"""The type of the draft of GraphQL over HTTP: who accepts it is also told by the status."""
EVENTS = "text/event-stream"
OFFERED = (JSON, RESPONSE, EVENTS)
"""In the order in which `*/*` means them."""
LONGEST_HEADER = 2000


def chosen(accepted: Sequence[str]) -> str:
    """The best of ours for the values of `Accept`; where there is none, what the draft says. Raises TurnedAway (406)."""
    header = ",".join(accepted).strip()
    if not header:
        return RESPONSE
    best: tuple[float, int, int] | None = None
    found = ""
    for place, offer in enumerate(OFFERED):
        weight, listed = _liking(header[:LONGEST_HEADER], offer)
        if weight > 0 and (best is None or (weight, -listed, -place) > best):
            best, found = (weight, -listed, -place), offer
    if not found:
        raise TurnedAway(FaultCode.BAD_REQUEST, f"Accept names none of {', '.join(OFFERED)}", status=406)
    return found


def _liking(header: str, offer: str) -> tuple[float, int]:
    """How much an offer is liked, and where that is said: the range that fits it most closely counts."""
    weight, listed, closest = 0.0, 0, -1
    kind = offer.partition("/")[0]
    for place, part in enumerate(header.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        closeness = {"*/*": 0, f"{kind}/*": 1, offer: 2}.get(name, -1)
        if closeness > closest and _in_utf8(parameters):
            weight, listed, closest = _quality(parameters), place, closeness
    return weight, listed


def _in_utf8(parameters: Sequence[str]) -> bool:
    charsets = [value.removeprefix("charset=").strip('"') for value in parameters if value.startswith("charset=")]
    return all(charset in {"utf-8", "utf8", "*"} for charset in charsets)


def _quality(parameters: Sequence[str]) -> float:
    for value in parameters:
        if value.startswith("q="):
            try:
                quality = float(value.removeprefix("q="))
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
