"""What an operator, a test or a demonstration asks of the platform as a whole: its clock, its state, a repeat."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from commons_contracts.codes import FaultCode

from .clock import Clock, Setting, setting_for
from .connect import API
from .deploy import CLOCK_BUCKET
from .faults import Fault
from .state import CLOCK_KEY, ServiceState

PING_SECONDS = 0.3
REMEMBER_SECONDS = 5.0
"""For how long who answered a ping is taken to be there: asking all takes as long as the slowest may need."""
CLOCK_SECONDS = 60.0
SETTLE_SECONDS = 60.0
SETTLE_PAUSE, LONGEST_PAUSE = 0.02, 0.2
"""Who has much to do should not be asked all the time how much is left."""


class Operations:
    """Over a connection that may use `ctl.>`. Moving the clock and repeating facts work in development only."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._seen: tuple[float, list[str]] = (-REMEMBER_SECONDS, [])

    async def processes(self) -> list[str]:
        """The service name of every process that answers within a moment."""
        names = await self._many("ctl.ping", b"", seconds=PING_SECONDS, most=None)
        self._seen = time.monotonic(), names
        return names

    async def _lately(self) -> list[str]:
        at, names = self._seen
        return names if time.monotonic() - at < REMEMBER_SECONDS else await self.processes()

    async def overview(self) -> list[ServiceState]:
        """The state of every service; those at rest are absent."""
        running = await self._lately()
        found = await asyncio.gather(*(self._state(name) for name in sorted(set(running))))
        return [s.model_copy(update={"processes": running.count(s.name)}) for s in found if s is not None]

    async def _state(self, name: str) -> ServiceState | None:
        try:
            reply = await self.client.request(f"ctl.{name}.state", b"", timeout=2)
        except (NatsError, TimeoutError):
            return None
        return ServiceState.model_validate_json(reply.data) if reply.data else None

    # ------------------------------------------------------------ the business clock
    async def clock(self) -> datetime:
        """Raises Fault where the broker does not say."""
        clock = Clock()
        clock.setting = await self._setting()
        return clock.now()

    async def _setting(self) -> Setting:
        try:
            kept = await (await self.client.jetstream(prefix=API).key_value(CLOCK_BUCKET)).get(CLOCK_KEY)
        except NotFoundError:
            return Setting()
        except (NatsError, TimeoutError):
            raise Fault(FaultCode.UNAVAILABLE, retry_after=1.0) from None
        return Setting.model_validate_json(kept.value or b"{}")

    async def move_clock(self, to: datetime | None, *, frozen: bool) -> datetime:
        """Every process stands at the new time, all that fell due has happened, and all has been heard, on return."""
        setting = setting_for(to, frozen=frozen)
        said = setting.model_dump_json().encode()
        bucket = await self.client.jetstream(prefix=API).key_value(CLOCK_BUCKET)
        await bucket.put(CLOCK_KEY, said)
        expected = len(await self.processes())
        answers = await self._many("ctl.clock", said, seconds=CLOCK_SECONDS, most=expected)
        if len(answers) < expected:
            msg = f"{expected - len(answers)} of {expected} processes did not take the new time"
            raise TimeoutError(msg)
        await self.settle()
        return await self.clock()

    async def settle(self, *, seconds: float = SETTLE_SECONDS) -> bool:
        """Wait until nothing is untold, due or unheard anywhere, seen twice in a row; False where that never came."""
        running = sorted(set(await self._lately()))
        quiet, pause, until = 0, SETTLE_PAUSE, asyncio.get_running_loop().time() + seconds
        while quiet < 2:  # noqa: PLR2004 - between two services' answers a fact may be in neither
            if asyncio.get_running_loop().time() > until:
                return False
            states = await asyncio.gather(*(self._state(name) for name in running))
            settled = all(s is None or s.settled for s in states)
            quiet, pause = (quiet + 1, SETTLE_PAUSE) if settled else (0, min(pause * 1.5, LONGEST_PAUSE))
            await asyncio.sleep(pause)
        return True

    async def redeliver(self, service: str, aggregate: UUID, *, times: int) -> int:
        """Have all facts of one thing told again, as a broker might; how many were told."""
        asked = json.dumps({"aggregate": str(aggregate), "times": times}).encode()
        reply = await self.client.request(f"ctl.{service}.redeliver", asked, timeout=30)
        return int(reply.data)

    async def _many(self, subject: str, body: bytes, *, seconds: float, most: int | None) -> list[str]:
        """The answers of all who answer: until `most` have, or time is up."""
        answers: asyncio.Queue[Msg] = asyncio.Queue()
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox, cb=answers.put)
        found: list[str] = []
        try:
            await self.client.publish(subject, body, reply=inbox)
            async with asyncio.timeout(seconds):
                while most is None or len(found) < most:
                    message = await answers.get()
                    if message.data:
                        found.append(message.data.decode())
        except TimeoutError:
            pass
        finally:
            await subscription.unsubscribe()
        return found
