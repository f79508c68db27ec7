"""The loop of `dudao worker`: every registered step in its rhythm, none able to stop the others."""

import logging
import signal
import threading
import time
from types import FrameType

from django.db import OperationalError, connections

from dudao.kernel.memory import settle
from dudao.queue.steps import Step, registered

log = logging.getLogger(__name__)

LONGEST_REST_SECONDS = 0.3  # so new work waits no longer than that
BACK_OFF_SECONDS = 1.0  # doubled with each failure in a row
LONGEST_BACK_OFF_SECONDS = 60.0


class _Turn:
    """When a step is due again, and how often it has failed in a row."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.due_at = 0.0
        self.failures = 0

    def take(self) -> int:
        """Run the step once; returns how much it did. Never raises: one broken step must not stop the others."""
        try:
            done = self.step.run()
        except Exception as error:  # the edge of the worker: logged, then tried again later
            self.failures += 1
            wait = min(BACK_OFF_SECONDS * 2 ** (self.failures - 1), LONGEST_BACK_OFF_SECONDS)
            self.due_at = time.monotonic() + wait
            log.error(
                "step %s failed for the %s. time: %s",
                self.step.name,
                self.failures,
                type(error).__name__,
                exc_info=not isinstance(error, OperationalError),
            )
            connections.close_all()  # also ends a transaction left open and a lost connection
            return 0
        self.failures = 0
        # A step that found work is called again at once: there may be more.
        self.due_at = time.monotonic() + (0.0 if done else self.step.every_seconds)
        return done


class Worker:
    """Holds no transaction while idle and no state between turns."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._turns = [_Turn(step) for step in registered() if not step.waits_on_others]
        self._apart = [_Turn(step) for step in registered() if step.waits_on_others]

    def run_until_told(self) -> None:
        """Run until SIGTERM or SIGINT; the step at work is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)
        settle()
        for turn in self._apart:
            threading.Thread(target=self._go_round, args=(turn,), name=turn.step.name, daemon=True).start()
        while not self._told.is_set():
            self._told.wait(self.round())
        connections.close_all()

    def round(self) -> float:
        """Run what is due; returns the seconds to rest."""
        now = time.monotonic()
        for turn in self._turns:
            if turn.due_at <= now and not self._told.is_set():
                turn.take()
        next_at = min((turn.due_at for turn in self._turns), default=now + LONGEST_REST_SECONDS)
        return min(max(next_at - time.monotonic(), 0.0), LONGEST_REST_SECONDS)

    def _go_round(self, turn: _Turn) -> None:
        while not self._told.is_set():
            turn.take()
            self._told.wait(max(turn.due_at - time.monotonic(), 0.0))
        connections.close_all()

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told.set()
