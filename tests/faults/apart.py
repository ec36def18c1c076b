"""A platform as `commons up` serves it, but that some services run in another place of the network.

`python -m faults.apart PLACE SERVICE...`; COMMONS_HOME and COMMONS_PORT as for `commons up`.
"""

from __future__ import annotations

import os
import sys

from commons_onebox.home import Home
from commons_onebox.house import House
from commons_onebox.rolling import Sign
from commons_onebox.supervisor import Child, Say

from .spaces import enter


class Apart(House):
    """`names` run in the network namespace `place`, under the same supervisor."""

    def __init__(self, home: Home, port: int, say: Say, *, place: str, names: list[str]) -> None:
        super().__init__(home, port, say)
        self.place, self.names = place, names

    def _service(self, name: str, sign: Sign) -> Child:
        child = super()._service(name, sign)
        if name in self.names:
            child.body = self._there(child)
        return child

    def _there(self, child: Child):
        serve = child.body

        def body() -> None:
            enter(self.place)
            serve()

        return body


if __name__ == "__main__":
    place, *names = sys.argv[1:]
    port = int(os.environ["COMMONS_PORT"])
    Apart(Home.of_environment(), port, print, place=place, names=names).run(lambda: None)
