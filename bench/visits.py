"""A county with one school and inspectors to measure with, and what their phones send."""

import base64
import hashlib
import http.client
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from bench.server import SECRET, Server
from dudao.kernel.ids import uuid7
from dudao.people import tokens

PHOTO_BYTES = 300_000
STREAM = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}
MAKE = """
import json, django
django.setup()
from dudao.cli.preparing import load_data
load_data()
from tests import factories
from dudao.instruments.queries import current_version
at = factories.place()
print(json.dumps([at.inspector.pk, str(at.unit.pk), current_version("double-reduction-school").hash]))
"""


@dataclass(frozen=True)
class Campus:
    """The school, who inspects it, and by which checklist."""

    inspector: int
    unit: str
    instrument: str


def campus(server: Server) -> Campus:
    """Make the school in a prepared server's database."""
    made = subprocess.run(
        [sys.executable, "-c", MAKE], env=server.environment(), check=True, capture_output=True, text=True
    )
    return Campus(*json.loads(made.stdout.splitlines()[-1]))


@dataclass(frozen=True)
class Sent:
    """A visit as a phone holds it after a day without network."""

    id: UUID
    body: bytes
    photos: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return len(self.body) + sum(map(len, self.photos))


def visit(at: Campus, photos: int) -> Sent:
    """A visit with two problems and `photos` photos."""
    start = datetime.now(UTC) - timedelta(hours=3)
    sheet, contents = (
        str(uuid7()),
        tuple(b"\xff\xd8\xff" + os.urandom(PHOTO_BYTES - 3) for _ in range(photos)),
    )
    payload = {
        "unit": at.unit,
        "sheets": [
            {"id": sheet, "instrument": at.instrument, "answers": {"stage": "primary", "hw_board": "no"}, "notes": {}}
        ],
        "started_at": start.isoformat(), "finished_at": (start + timedelta(hours=1)).isoformat(),
        "methods": ["PATROL"], "companion": "王主任", "narrative": "校园秩序良好。" * 20,
        "findings": [
            {"id": str(uuid7()), "category": "HOMEWORK", "severity": "MINOR", "wording": "未建立作业校内公示制度。",
             "days": 5, "day_unit": "working", "sheet": sheet, "item": "hw_board"} for _ in range(2)
        ],
        "manifest": [
            {"sha256": hashlib.sha256(one).hexdigest(), "size": len(one), "type": "image/jpeg", "name": "a.jpg",
             "role": "photo", "item": "hw_board", "sheet": sheet} for one in contents
        ],
    }  # fmt: skip
    entry = {
        "id": str(uuid7()),
        "kind": "visit",
        "schema": 2,
        "made_at": start.isoformat(),
        "payload": payload,
    }
    return Sent(UUID(str(entry["id"])), json.dumps(entry, ensure_ascii=False).encode(), contents)


class Phone:
    """One phone with a connection of its own."""

    def __init__(self, server: Server, at: Campus) -> None:
        if not settings.configured:
            settings.configure(SECRET_KEY=SECRET)
        token, _ends = tokens.issue(user=at.inspector, device=str(uuid4()), now=datetime.now(UTC))
        self._headers = {"Authorization": f"Bearer {token}"}
        self._link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def send(self, sent: Sent) -> None:
        """The sheet, then its photos, each acknowledged."""
        self.ask("POST", "/door/entries", sent.body, {"Content-Type": "application/json"}, {201})
        for photo in sent.photos:
            about = {
                "sha256": hashlib.sha256(photo).hexdigest(), "filetype": "image/jpeg", "filename": "a.jpg",
                "entry": str(sent.id),
            }  # fmt: skip
            told = ",".join(
                f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items()
            )
            headers = {**STREAM, "Upload-Length": str(len(photo)), "Upload-Metadata": told}
            self.ask("POST", "/door/files", photo, headers, {201})

    def ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], wanted: set[int]
    ) -> dict[str, Any]:
        self._link.request(method, path, body=body, headers=self._headers | headers)
        answer = self._link.getresponse()
        read = answer.read()
        assert answer.status in wanted, (answer.status, read[:300])
        told: dict[str, Any] = json.loads(read) if read else {}
        return told

    def close(self) -> None:
        self._link.close()
