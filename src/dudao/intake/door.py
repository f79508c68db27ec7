"""The door of the house: a bare application for what phones send. It never enters Django's handlers or ORM.

One event loop per process checks and decodes, and waits for the committer's durable transaction; whatever touches the
disk or reads the database runs in a few threads. docs/decisions/001-the-door.md says why, docs/field-api.md §3 and §4
what is answered.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from dudao.intake import entries, tus
from dudao.intake.committer import Committer
from dudao.intake.errors import DoorBusy, DoorFailed, DoorUnknown, MethodRefused
from dudao.intake.exchange import Exchange
from dudao.intake.guard import Guard, Sender
from dudao.intake.ledgers import open_ledger, open_writer
from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import NewFile, Unavailable
from dudao.intake.readers import Readers
from dudao.intake.receiving import Desk
from dudao.intake.stores import evidence_store
from dudao.intake.wire import Answer, Request, refusal
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError

log = logging.getLogger(__name__)

PREFIX = "/door/"
HEARD_OUT = 1024 * 1024  # bytes of a refused body that are still read
THREADS = 32  # for files and for reading the database


class Door:
    """One per process, made in its event loop: a committer, a few readers, and the two rooms behind it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
        self._loop = asyncio.get_running_loop()
        self._readers = Readers(_ledger)
        self._guard = Guard(self._readers)
        self._committer = Committer(open_writer(settings.DATABASES["default"]))
        desk = Desk(evidence_store(), self._record, self._readers)
        self._tus = tus.Tus(desk, self._threads, self._committer.commit)

    async def answer(self, exchange: Exchange) -> None:
        """Answer one request, whatever happens."""
        request = Request(exchange)
        self._committer.callers += 1
        try:
            request.send(await self._route(request))
        except DudaoError as error:
            await self._refuse(error, request)
        except Unavailable:
            await self._refuse(DoorBusy(), request)
        except Exception:  # the edge: the caller gets an answer and the log the trace, without the body
            log.exception("the door failed")
            await self._refuse(DoorFailed(), request)
        finally:
            self._committer.callers -= 1

    async def _route(self, request: Request) -> Answer:
        room, _slash, rest = request.path[len(PREFIX) :].partition("/")
        if room == "entries":
            return await self._entries(request, rest)
        if room == "files":
            if request.method == "OPTIONS":
                return tus.ABILITIES
            return await self._tus.answer(request, rest, await self._admit(request))
        raise DoorUnknown

    async def _entries(self, request: Request, rest: str) -> Answer:
        sender = await self._admit(request)
        if not rest and request.method == "POST":
            return await entries.accept(request, sender, self._committer)
        if rest and request.method in {"GET", "HEAD"}:
            return await self._loop.run_in_executor(self._threads, entries.tell, rest, sender, self._readers)
        raise MethodRefused(request.method)

    async def _admit(self, request: Request) -> Sender:
        now = clock.now()
        if self._guard.is_stale:
            await self._loop.run_in_executor(self._threads, self._guard.refresh, now)
        return self._guard.admit(request.header("authorization"), now=now)

    def _record(self, row: NewFile) -> None:
        """Commit the row of a file, for a thread that may sleep. Raises DoorBusy, DoorFailed."""
        asyncio.run_coroutine_threadsafe(self._committer.commit(row), self._loop).result()

    async def _refuse(self, error: DudaoError, request: Request) -> None:
        answer = refusal(error, request.header("accept-language"))
        if request.path.startswith(PREFIX + "files"):
            answer = answer._replace(headers=[*answer.headers, *tus.HEADERS])
        await request.hear_out(HEARD_OUT)
        request.send(answer)


def _ledger() -> Ledger:
    return open_ledger(settings.DATABASES["default"])
