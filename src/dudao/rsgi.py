"""The server's entry, in granian's own interface: the door before Django, everything else to its pages."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from dudao.bridge import Bridge
from dudao.intake.door import PREFIX, Door
from dudao.intake.lifeline import die_with_parent
from dudao.kernel.memory import settle
from dudao.wsgi import application as pages

die_with_parent()


class Application:
    """One per server process; its parts are made inside the event loop."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._bridge = Bridge(pages)
        settle()
        self._door: Door | None = None

    def __rsgi__(self, scope: Any, exchange: Any) -> Coroutine[Any, Any, None]:
        if not scope.path.startswith(PREFIX):
            return self._bridge.answer(scope, exchange)
        if self._door is None:
            self._door = Door()
        return self._door.answer(scope, exchange)


application = Application()
