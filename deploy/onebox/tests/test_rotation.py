"""A key can be changed while everything runs: who has the old one starts again with the new one, the rest goes on."""

import asyncio
from pathlib import Path

import pytest

from commons_chassis.connect import Denied, connected
from commons_onebox.children import rotate
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running
from commons_onebox.server import wait_until
from commons_onebox.web import answers


def test_a_service_gets_another_key_and_starts_again_alone(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        home = Home(tmp_path.resolve())
        old = home.seed("geo")

        rotate(home, "geo")

        assert home.seed("geo") != old
        assert wait_until(lambda: _pids(home)["geo"] != run.processes["geo"], 20)
        assert wait_until(lambda: answers(f"http://127.0.0.1:{home.ports['geo']}/readyz"), 20)
        now = _pids(home)
        assert [name for name in (*SERVICES, "nats", "postgres") if now[name] != run.processes[name]] == ["geo"]
        assert "The broker does not know the key of geo." in home.log("geo").read_text()
        with pytest.raises(Denied, match="does not know the key of geo"):
            asyncio.run(_come_in(home, old))
        asyncio.run(_come_in(home, home.seed("geo")))


def _pids(home: Home) -> dict[str, int]:
    run = home.run
    return run.processes if run else {}


async def _come_in(home: Home, seed: str) -> None:
    async with connected(home.broker.url, "geo", seed) as client:
        await client.flush()
