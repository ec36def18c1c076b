"""One request of GraphQL, as it stands in a body, in an address or in a message of a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from commons_contracts.codes import FaultCode

from . import sane
from .faults import TurnedAway

LONGEST_ADDRESS = 16 * 1024
MOST_PARAMETERS = 20


@dataclass(frozen=True)
class Asked:
    """What is asked for; `extensions` also holds the id of a document that is sent instead of one."""

    query: str | None
    variables: dict[str, Any] | None = None
    operation: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, said: object) -> Asked:
        """From what a body or a message says. Raises TurnedAway where it is no request of GraphQL over HTTP."""
        if isinstance(said, list):
            raise TurnedAway(FaultCode.BATCHING_DISABLED)
        if not isinstance(said, dict):
            raise TurnedAway(FaultCode.BAD_REQUEST, "it is no JSON object")
        query, document = _typed(said, "query", str), _typed(said, "documentId", str)
        extensions = dict(_typed(said, "extensions", dict) or {})
        if document is not None:
            extensions["documentId"] = document
        if query is None and not extensions:
            raise TurnedAway(FaultCode.BAD_REQUEST, "query is missing")
        return cls(
            query if query is None else sane.document(query),
            _typed(said, "variables", dict),
            _typed(said, "operationName", str),
            extensions,
        )

    @classmethod
    def of_address(cls, query_string: bytes) -> Asked:
        """From the parameters of a GET. Raises TurnedAway."""
        if len(query_string) > LONGEST_ADDRESS:
            raise TurnedAway(FaultCode.PAYLOAD_TOO_LARGE, status=414)
        try:
            pairs = parse_qsl(
                query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
            )
        except ValueError as wrong:
            raise TurnedAway(FaultCode.BAD_REQUEST, "its parameters cannot be read") from wrong
        said: dict[str, object] = dict(pairs)
        if len(said) != len(pairs):
            raise TurnedAway(FaultCode.BAD_REQUEST, "a parameter stands twice")
        for name in ("variables", "extensions"):
            if text := said.pop(name, None):
                said[name] = sane.read(str(text).encode())
        return cls.of({**said, "operationName": said.get("operationName") or None})


def _typed(said: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    found = said.get(name)
    if found is not None and not isinstance(found, kind):
        raise TurnedAway(FaultCode.BAD_REQUEST, f"{name} is no {'object' if kind is dict else 'string'}")
    return found
