"""The door of the house: a bare WSGI application for what phones send. It never enters Django's handlers or ORM.

Request threads check and decode, then wait for the committer's durable transaction. docs/decisions/001-the-door.md
says why; docs/field-api.md §3 and §4 say what is answered.
"""

import logging
import threading
from typing import Any

from django.conf import settings

from dudao.intake import entries, tus
from dudao.intake.committer import Committer
from dudao.intake.errors import DoorBusy, DoorFailed, DoorUnknown, MethodRefused
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.guard import Guard
from dudao.intake.ledgers import open_ledger
from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Unavailable
from dudao.intake.readers import Readers
from dudao.intake.wire import Answer, Environ, StartResponse, refusal
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError

log = logging.getLogger(__name__)

PREFIX = "/door/"
HEARD_OUT = 1024 * 1024  # bytes of a refused body that are still read


class Door:
    """One per process: a committer, a few readers, and the two rooms behind it."""

    def __init__(self) -> None:
        self._readers = Readers(_ledger)
        self._guard = Guard(self._readers)
        self._committer = Committer(_ledger())
        self._tus = tus.Tus(EvidenceStore.of_settings(), self._committer, self._readers)

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        try:
            answer = self._route(environ)
        except DudaoError as error:
            answer = self._refused(error, environ)
        except Unavailable:
            answer = self._refused(DoorBusy(), environ)
        except Exception:  # the edge: the caller gets an answer and the log the trace, without the body
            log.exception("the door failed")
            answer = self._refused(DoorFailed(), environ)
        return answer.send(start_response)

    def _route(self, environ: Environ) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"][len(PREFIX) :]
        room, _slash, rest = path.partition("/")
        if room == "entries":
            return self._entries(method, rest, environ)
        if room == "files":
            return self._tus.answer(environ, method, rest, self._guard)
        raise DoorUnknown

    def _entries(self, method: str, rest: str, environ: Environ) -> Answer:
        now = clock.now()
        sender = self._guard.admit(environ.get("HTTP_AUTHORIZATION", ""), now=now)
        if not rest and method == "POST":
            return entries.accept(environ, sender, self._committer, now=now)
        if rest and method in {"GET", "HEAD"}:
            return entries.tell(rest, sender, self._readers)
        raise MethodRefused(method)

    def _refused(self, error: DudaoError, environ: Environ) -> Answer:
        # A client that is still sending would see its connection reset and never our reason.
        environ["wsgi.input"].read(HEARD_OUT)
        answer = refusal(error, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if environ["PATH_INFO"].startswith(PREFIX + "files"):
            return answer._replace(headers=[*answer.headers, *tus.HEADERS])
        return answer


_door: list[Door] = []
_making = threading.Lock()


def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    """The WSGI callable."""
    return door()(environ, start_response)


def door() -> Door:
    """This process's door, made with the first request, so that importing costs nothing."""
    if not _door:
        with _making:
            if not _door:
                _door.append(Door())
    return _door[0]


def _ledger() -> Ledger:
    return open_ledger(settings.DATABASES["default"])
