"""What the broker is told of its users: who may come in, and what each may say and hear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from commons_onebox.keys import public_half

if TYPE_CHECKING:  # it takes long to import, and knowing its shape is enough
    from commons_onebox.subjects import User

ANSWERS_WITHIN = "2m"
"""For so long a request may be answered: longer than anybody waits."""
GREETING_SECONDS = 10
"""A client on a busy machine may need a while to show its key."""


def authorization(users: Iterable[User], seeds: Mapping[str, str]) -> str:
    """The part of the broker's configuration that says who may come in and what each may do; there is no other user."""
    known = [{"nkey": public_half(seeds[user.name]), "permissions": _permissions(user)} for user in users]
    listed = ",\n".join(f"    {json.dumps(each)}" for each in known)
    return f"authorization {{\n  timeout: {GREETING_SECONDS}\n  users: [\n{listed}\n  ]\n}}\n"


def _permissions(user: User) -> dict[str, object]:
    allowed: dict[str, object] = {"publish": {"allow": user.publish}, "subscribe": {"allow": user.subscribe}}
    return allowed | ({"allow_responses": {"max": 1, "expires": ANSWERS_WITHIN}} if user.answers else {})
