"""The server as a tree of processes: what falls comes again, and nobody stays behind."""

import os
import signal
from pathlib import Path

from tests.intake.house import House, built, until
from tests.intake.phone import Phone, entry


def test_what_falls_is_started_again_and_works_on(model: House, tmp_path: Path) -> None:
    with built(tmp_path, model) as house:
        house.start("--workers", "2")
        first = set(house.children())
        assert len(first) == 3, "two for pages and the door, one for work"
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(set(house.children()) - first) == 3, what="all three again")
        until(house.listens, what="the door to answer")
        sent = entry("after the fall")
        assert Phone(house).send(sent).status == 201
        until(lambda: Phone(house).told(sent)["state"] == "projected", what="the worker to work")
        last = house.children()
        assert house.stop() == 0
        assert not [pid for pid in last if Path(f"/proc/{pid}").exists()], "nobody stays behind"
