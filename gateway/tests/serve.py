"""A gateway on a port of its own, whose services are a script: what clients of other makes are tried against.

`python gateway/tests/serve.py FOLDER` tells its port and a token for ada in one line of JSON, and serves until it is ended.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

from commons_contracts.matching import ConnectionNews, ConnectionsSince, ConnectionView
from commons_gateway import devtoken, serving
from commons_gateway.rates import Rates
from commons_gateway.settings import GatewaySettings
from commons_gateway.testing import ScriptedAsker, sample


def since(request: ConnectionsSince, _: Any) -> ConnectionNews:
    """One change at first and whenever one asks again, each with a cursor of its own."""
    return ConnectionNews(items=(sample(ConnectionView),), cursor=str(int(request.cursor or 0) + 1))


def main(folder: Path) -> None:
    key = folder / "key.json"
    devtoken.make_key(key)
    asker: Any = ScriptedAsker()
    asker.answers[ConnectionsSince] = since
    settings = GatewaySettings(env="dev", token_key_file=key, rates=Rates(times=1000), log_level="ERROR")
    for name, value in json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}").items():
        setattr(serving, name, value)
    door = socket.create_server(("127.0.0.1", 0))
    served = serving.server(settings, asker)
    print(
        json.dumps({"port": door.getsockname()[1], "token": devtoken.issue(key, "ada", project="westem")}), flush=True
    )
    served.run(sockets=[door])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
