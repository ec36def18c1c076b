"""Whose session it is."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import SessionByDigest, SessionView

from ..views import find_session


@answers
async def session_by_digest(query: SessionByDigest, tx: Tx) -> SessionView:
    return await find_session(tx, query.session)
