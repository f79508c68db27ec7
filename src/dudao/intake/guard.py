"""Who may come through the door: a signed token, and a short memory of whom to turn away."""

import threading
import time
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from dudao.intake.errors import DeviceRevoked
from dudao.intake.ledgers.rows import TurnedAway
from dudao.intake.readers import Readers
from dudao.people import tokens

FRESH_SECONDS = 3.0  # a revoked device is turned away after this long at the latest
REMEMBERED_TOKENS = 4096


class Sender(NamedTuple):
    user_id: int
    device_id: UUID


class Guard:
    """Checks tokens without a database; asks it for revocations at most once in `FRESH_SECONDS`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._lock = threading.Lock()
        self._turned_away = TurnedAway(frozenset(), frozenset())
        self._asked_at = float("-inf")
        self._seen: dict[str, tuple[Sender, int]] = {}

    @property
    def is_stale(self) -> bool:
        """Whether `refresh` is due before anyone is admitted."""
        return time.monotonic() - self._asked_at > FRESH_SECONDS

    def admit(self, authorization: str, *, now: datetime) -> Sender:
        """The sender named by the header. Raises TokenMissing, TokenInvalid, TokenExpired, DeviceRevoked."""
        sender = self._read(authorization, now)
        away = self._turned_away
        if sender.device_id in away.devices or sender.user_id in away.users:
            raise DeviceRevoked
        return sender

    def refresh(self, now: datetime) -> None:
        """Ask the database whom to turn away; once for all who find it stale. Raises Unavailable."""
        with self._lock:
            if self.is_stale:
                with self._readers.one() as ledger:
                    self._turned_away = ledger.turned_away(now=now, lifetime=tokens.LIFETIME)
                self._asked_at = time.monotonic()

    def _read(self, authorization: str, now: datetime) -> Sender:
        """A phone sends the same header a hundred times; its signature is checked once."""
        found = self._seen.get(authorization)
        if found is not None and found[1] > now.timestamp():
            return found[0]
        try:
            claims = tokens.read(authorization, now=now)
            sender = Sender(claims.user, UUID(claims.device))
        except (ValueError, msgspec.DecodeError) as error:
            raise tokens.TokenInvalid(_("登录凭证无效，请重新登录。已保存的内容不会丢失。")) from error
        if len(self._seen) >= REMEMBERED_TOKENS:
            self._seen.clear()
        self._seen[authorization] = (sender, claims.exp)
        return sender
