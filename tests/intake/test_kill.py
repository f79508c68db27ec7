"""The plug is pulled again and again while phones sync. Nothing acknowledged is lost, nothing is doubled."""

import http.client
import json
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.intake.house import House, built, until
from tests.intake.phone import TUS, Phone, Reply, entry, sha256

VISITS = 50
PHOTOS = 3
KILLS = 10
PIECE = 40_000  # bytes sent at a time, so that a kill falls into the middle of photos
AWAY = (OSError, http.client.HTTPException)


@dataclass
class Diary:
    """What the phones were told. Kept outside the server, as phones do."""

    entries: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    resumed: int = 0  # uploads that went on behind their beginning after a break

    @property
    def acknowledged(self) -> int:
        return len(self.entries) + len(self.photos)


class Outbox(Phone):
    """A phone that keeps trying until everything is told to be stored."""

    def insist(self, method: str, path: str, **request: Any) -> Reply:
        while True:
            try:
                reply = self.ask(method, path, **request)
            except AWAY:
                time.sleep(0.05)
                continue
            if reply.status < 500:
                return reply

    def deliver(self, visit: dict[str, Any], photos: list[bytes], diary: Diary) -> None:
        body = visit["body"]
        reply = self.insist("POST", "/door/entries", body=body)
        assert reply.status in {200, 201}, reply
        diary.entries.append(visit["id"])
        for photo in photos:
            self.deliver_photo(photo, diary)
            diary.photos.append(sha256(photo))

    def deliver_photo(self, photo: bytes, diary: Diary) -> None:
        place, at = self.create(photo)
        while at < len(photo):
            try:
                reply = self.continue_(place, photo[at : at + PIECE], at)
            except AWAY:
                reply = None
            if reply is not None and reply.status == 204:
                at = int(reply.headers["upload-offset"])
                continue
            told = self.insist("HEAD", place, headers=TUS)
            if told.status == 404:
                place, at = self.create(photo)
                continue
            at = int(told.headers["upload-offset"])
            diary.resumed += at > 0

    def create(self, photo: bytes) -> tuple[str, int]:
        while True:
            try:
                begun = self.begin(photo)
            except AWAY:
                time.sleep(0.05)
                continue
            if begun.status == 201:
                return begun.headers["location"], int(begun.headers["upload-offset"])
            assert begun.status >= 500, begun


@pytest.mark.fault
def test_killing_the_server_loses_and_doubles_nothing(model: House, tmp_path: Path) -> None:
    with built(tmp_path / "house", model) as house:
        house.start()
        work = [
            (_visit(photos), photos)
            for photos in ([os.urandom(150_000) for _ in range(PHOTOS)] for _ in range(VISITS))
        ]
        diary = Diary()
        with ThreadPoolExecutor(8) as pool:
            sent = [
                pool.submit(Outbox(house, user=n % 5 + 1).deliver, v, p, diary)
                for n, (v, p) in enumerate(work)
            ]
            kills = _pull_the_plug(house, diary, total=VISITS * (1 + PHOTOS))
            for one in sent:
                one.result(timeout=120)
        assert kills >= KILLS
        assert diary.resumed > 0, "no kill fell into the middle of a photo: the test has lost its point"
        _all_is_there(house, work, diary)
        house.stop()


def _visit(photos: list[bytes]) -> dict[str, Any]:
    plain = entry("x" * 3000, files=photos)
    return {"id": plain["id"], "body": json.dumps(plain).encode()}


def _pull_the_plug(house: House, diary: Diary, *, total: int) -> int:
    """Kill and restart while the phones are at work; returns how often."""
    chance = random.Random(20261122)
    kills = 0
    for turn in range(1, KILLS + 1):
        goal = total * turn // (KILLS + 2)
        until(lambda goal=goal: diary.acknowledged >= goal, what=f"{goal} acknowledgements")
        threading.Event().wait(chance.random() * 0.01)
        house.kill()
        kills += 1
        house.start()
    return kills


def _all_is_there(house: House, work: list[tuple[dict[str, Any], list[bytes]]], diary: Diary) -> None:
    key = (lambda text: text) if house.is_postgres else (lambda text: text.replace("-", ""))
    rows = [str(row[0]) for row in house.read("SELECT id FROM intake_entry")]
    assert sorted(rows) == sorted({key(one) for one in diary.entries}), "each entry exactly once"
    assert len(diary.entries) == VISITS
    for _visit_sent, photos in work:
        for photo in photos:
            assert house.stored_bytes(sha256(photo)) == photo
    stored = [row[0] for row in house.read("SELECT sha256 FROM intake_evidencefile")]
    assert sorted(stored) == sorted({sha256(photo) for _v, photos in work for photo in photos})
    until(lambda: _count(house, "completed_at IS NOT NULL") == VISITS, what="every entry to complete")
    notes = house.read("SELECT entry_id, count(*) FROM trial_note GROUP BY entry_id")
    assert [count for _entry, count in notes] == [1] * VISITS, "projected exactly once"
    happened = house.read(
        "SELECT about, count(*) FROM trial_happening WHERE what = 'complete' GROUP BY about"
    )
    assert [count for _entry, count in happened] == [1] * VISITS, "completed exactly once"
    # A creation whose answer was lost leaves an empty upload behind; it expires. None may be whole and unrecorded.
    uploads = house.home / "evidence" / ".uploads"
    until(
        lambda: all(part.stat().st_size < len(work[0][1][0]) for part in uploads.glob("*.part")),
        what="every whole upload to be recorded",
    )


def _count(house: House, condition: str) -> int:
    return int(house.read(f"SELECT count(*) FROM intake_entry WHERE {condition}")[0][0])
