"""The gateway as a process of its own, told all it needs by its environment: `python -m commons_gateway`."""

import sys

import uvicorn

from commons_chassis.settings import SettingError

from .app import build
from .settings import GatewaySettings

DRAIN_SECONDS = 8


def main() -> None:
    """Serve until a signal ends it; ends at once, with a sentence, where it was not told enough."""
    try:
        settings = GatewaySettings.told()
    except SettingError as wrong:
        sys.exit(str(wrong))
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


if __name__ == "__main__":
    main()
