"""Where files come in: one is read from the wire in pieces, none of which is kept here, and handed on as it comes."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from commons_chassis.faults import Fault
from commons_contracts import mentoring, profiles
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import RoundId, SheetId
from commons_contracts.profiles import AddToSheet, DiscardSheet, ReadSheet, SheetOptions, SheetTable, StageSheet

from .. import accept, answers
from ..context import Context, Desk, Ground, accepted_language, introduced
from ..faults import TurnedAway
from ..rates import Bucket
from ..refused import refused
from ..relay import global_id, uuid_in
from .sheet_verbs import require_recruiting

PIECE = 192 * 1024
READING_SECONDS, PIECE_SECONDS = 120.0, 10.0
AT_ONCE = 8
MEDIA = {
    "application/csv",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "text/csv",
    "text/plain",
    "text/tab-separated-values",
}
"""What browsers call such a file; what it is, is found by reading it."""
STATUS = {RefusalCode.NOT_FOUND: 404, RefusalCode.SHEET_TOO_LARGE: 413, RefusalCode.TOO_MANY_SHEETS: 409}
NAMES = {"project", *SheetOptions.model_fields}


class Sheets:
    """What is served under /sheets, over one desk."""

    def __init__(self, desk: Desk, most: int) -> None:
        self._desk, self._most, self._inside = desk, most, 0

    async def hand_in(self, request: Request) -> Response:
        """POST /sheets?project=westem&role=MENTOR&round=...: the file itself is the body."""
        language = accepted_language(request.headers.get("accept-language", ""))
        try:
            return await self._answered(request)
        except ClientDisconnect:
            wrong: TurnedAway | Fault = TurnedAway(FaultCode.BAD_REQUEST)
        except (TurnedAway, Fault) as said:
            wrong = said
        return answers.turned_away(wrong, accept.JSON, language, request.scope["state"]["request_id"])

    async def _answered(self, request: Request) -> Response:
        options = _told(request.url.query)
        _plain(request.headers, self._most)
        peer = request.client.host if request.client else ""
        id = request.scope["state"]["request_id"]
        context = await introduced(self._desk, request.headers, request.method, request_id=id, peer=peer)
        if context.caller.person is None:
            raise Fault(FaultCode.UNAUTHENTICATED)
        self._desk.rates.call(Bucket.LOOK_UP, context.caller.person)
        if self._inside >= AT_ONCE:
            raise Fault(FaultCode.UNAVAILABLE, retry_after=1.0)
        self._inside += 1
        try:
            return await self._kept(request, context, options)
        finally:
            self._inside -= 1

    async def _kept(self, request: Request, context: Context, told: dict[str, str]) -> Response:
        ground = context.ground(told.pop("project", None))
        try:
            await require_recruiting(ground, RoundId(uuid_in(told["round"], "Round")) if "round" in told else None)
            sheet = await ground.command(StageSheet(options=_options(told)), None)
            try:
                async with asyncio.timeout(READING_SECONDS):
                    await self._hand_on(request, ground, sheet.id)
                found = await ground.command(ReadSheet(sheet=sheet.id), None)
            except BaseException:
                with suppress(Refusal, Fault):
                    await ground.command(DiscardSheet(sheet=sheet.id), None)
                raise
        except Refusal as no:
            shown = await refused(no, context)
            said = {"code": shown.code.value, "message": shown.message, "params": dict(shown.params)}
            return _json({"refused": said}, STATUS.get(no.code, 403))
        except TimeoutError as late:
            detail = f"it was not there within {READING_SECONDS:.0f} seconds"
            raise TurnedAway(FaultCode.BAD_REQUEST, detail, status=408, headers={"Connection": "close"}) from late
        return _json({"sheet": global_id("Sheet", found.id), "state": found.state.value}, 201)

    async def _hand_on(self, request: Request, ground: Ground, sheet: SheetId) -> None:
        nth = 0
        async for piece in _pieces(request, self._most):
            content = b64encode(piece).decode()
            await ground.command(AddToSheet(sheet=sheet, nth=nth, content=content), None)
            nth += 1


def _told(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, strict_parsing=bool(query), max_num_fields=len(NAMES), errors="strict")
    except ValueError as wrong:
        raise TurnedAway(FaultCode.BAD_REQUEST, "its parameters cannot be read") from wrong
    told = dict(pairs)
    if len(told) != len(pairs) or not told.keys() <= NAMES:
        raise TurnedAway(FaultCode.BAD_REQUEST, f"its parameters are {', '.join(sorted(NAMES))}, each once")
    return told


def _options(told: dict[str, str]) -> SheetOptions:
    said: dict[str, Any] = dict(told)
    if "round" in said:
        said["round"] = uuid_in(said["round"], "Round")
    try:
        return SheetOptions.model_validate(said)
    except ValidationError as wrong:
        names = sorted({str(line["loc"][0]) for line in wrong.errors()})
        raise TurnedAway(FaultCode.BAD_USER_INPUT, f"{', '.join(names)} cannot be that") from wrong


def _plain(headers: Headers, most: int) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA or headers.get("content-encoding", "identity").lower() != "identity":
        raise TurnedAway(FaultCode.UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Post": "text/csv"})
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > len(str(most)) or int(length) > most:
        raise _too_large(most)


def _too_large(most: int) -> TurnedAway:
    return TurnedAway(
        FaultCode.PAYLOAD_TOO_LARGE, f"a table has {most:,} bytes at most", headers={"Connection": "close"}
    )


async def _pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """Of one size, whatever the network makes of it; never more in memory than two of them."""
    waiting, read = b"", 0
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(PIECE_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            break
        read += len(chunk)
        if read > most:
            raise _too_large(most)
        waiting += chunk
        while len(waiting) >= PIECE:
            yield waiting[:PIECE]
            waiting = waiting[PIECE:]
    if waiting:
        yield waiting


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


async def sheet_table(ground: Ground, key: str, _: str) -> mentoring.Paper:
    """The people of a table as a file, put together from its pieces."""
    pieces, after = [], 0
    while True:
        found: profiles.SheetText = await ground.ask(SheetTable(sheet=SheetId(UUID(key)), after=after))
        pieces.append(found.text)
        if found.next is None:
            break
        after = found.next
    content = b64encode("".join(pieces).encode("utf-8-sig")).decode()
    return mentoring.Paper(name="participants.csv", media="text/csv", content=content)


def routes(desk: Desk, most: int) -> list[BaseRoute]:
    return [Route("/sheets", Sheets(desk, most).hand_in, methods=["POST"])]
