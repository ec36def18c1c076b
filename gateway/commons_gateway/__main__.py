"""The gateway as a process of its own, told all it needs by its environment: `python -m commons_gateway`."""

import sys

from commons_chassis.settings import SettingError

from .serving import server
from .settings import GatewaySettings


def main() -> None:
    """Serve until a signal ends it; ends at once, with a sentence, where it was not told enough."""
    try:
        gateway = server(GatewaySettings.told())
    except SettingError as wrong:
        sys.exit(str(wrong))
    gateway.run()


if __name__ == "__main__":
    main()
