"""Where announcements may go: to a webhook of Discord's and nowhere else, whatever a coordinator was handed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode

HOSTS = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")
PATH = re.compile(r"/api(/v\d{1,2})?/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,100}", re.ASCII)


def webhook(url: str) -> str:
    """The address, if it is https, on one of Discord's own hosts, a webhook's and nothing beside that.

    The host is compared whole: the platform asks no server that a user could choose.
    """
    try:
        parts = urlsplit(url.strip())
        odd = parts.port, parts.username, parts.password
    except ValueError:
        raise Refusal(RefusalCode.WEBHOOK_NOT_ALLOWED, hosts=HOSTS) from None
    plain = not any((*odd, parts.query, parts.fragment)) and "@" not in parts.netloc and ":" not in parts.netloc
    if parts.scheme != "https" or parts.netloc not in HOSTS or not plain or not PATH.fullmatch(parts.path):
        raise Refusal(RefusalCode.WEBHOOK_NOT_ALLOWED, hosts=HOSTS)
    return f"https://{parts.netloc}{parts.path}"
