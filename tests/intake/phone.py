"""What a phone does at the door, as plain HTTP."""

import base64
import hashlib
import http.client
import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from dudao.kernel.ids import uuid7
from dudao.people import tokens
from tests.intake.house import House, as_json

TUS = {"Tus-Resumable": "1.0.0"}
STREAM = {"Content-Type": "application/offset+octet-stream"}


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return as_json(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


class Phone:
    """One person's phone: a token, and a connection of its own for every request."""

    def __init__(self, house: House, *, user: int = 7, device: UUID | None = None) -> None:
        self.house = house
        self.user = user
        self.device = device or uuid7()
        self.token, _until = tokens.issue(user=user, device=str(self.device), now=datetime.now(UTC))

    def ask(
        self, method: str, path: str, *, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        link = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=40)
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        try:
            link.request(method, path, body=body, headers={k: v for k, v in sent.items() if v is not None})
            answer = link.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            link.close()

    def send(self, body: bytes | dict[str, Any], **headers: str) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        clock = {"X-Device-Time": datetime.now(UTC).isoformat(), "Content-Type": "application/json"}
        return self.ask("POST", "/door/entries", body=raw, headers=clock | headers)

    def told(self, entry: dict[str, Any]) -> Any:
        return self.ask("GET", f"/door/entries/{entry['id']}").json

    def begin(self, content: bytes, *, headers: Mapping[str, str] | None = None, **metadata: str) -> Reply:
        """Create an upload for `content` without sending any of it."""
        length = {"Upload-Length": str(len(content)), "Upload-Metadata": described(content, **metadata)}
        return self.ask("POST", "/door/files", headers={**TUS, **length, **(headers or {})})

    def in_one_request(self, content: bytes, **headers: str) -> Reply:
        """Create an upload and send `content` with it."""
        length = {"Upload-Length": str(len(content)), "Upload-Metadata": described(content)}
        return self.ask("POST", "/door/files", body=content, headers={**TUS, **STREAM, **length, **headers})

    def continue_(self, place: str, piece: bytes, at: int, **headers: str) -> Reply:
        return self.ask(
            "PATCH", place, body=piece, headers={**TUS, **STREAM, "Upload-Offset": str(at), **headers}
        )

    def offset(self, place: str) -> int:
        return int(self.ask("HEAD", place, headers=TUS).headers["upload-offset"])

    def upload(self, content: bytes, **metadata: str) -> Reply:
        """Create and send in two requests."""
        begun = self.begin(content, **metadata)
        assert begun.status == 201, begun
        at = int(begun.headers["upload-offset"])
        return begun if at == len(content) else self.continue_(begun.headers["location"], content, at)

    def break_off(self, place: str, piece: bytes, *, at: int, promised: int) -> None:
        """Send `piece` of `promised` bytes, then lose the network."""
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
            f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Upload-Offset: {at}\r\nContent-Length: {promised}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.house.port), timeout=10) as link:
            link.sendall(head.encode() + piece)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def described(content: bytes, **changes: str) -> str:
    """The Upload-Metadata of `content`; a change to "" leaves a pair out."""
    pairs = {
        "sha256": sha256(content),
        "filetype": "image/jpeg",
        "filename": "IMG_1.jpg",
        "entry": str(uuid7()),
    }
    kept = {key: value for key, value in (pairs | changes).items() if value}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in kept.items())


def entry(text: str = "a visit", *, files: list[bytes] | None = None, **changes: Any) -> dict[str, Any]:
    """An entry of the trial kind that promises `files`."""
    manifest = [{"sha256": sha256(one), "size": len(one), "type": "image/jpeg"} for one in files or []]
    plain = {
        "id": str(uuid7()),
        "kind": "trial",
        "schema": 1,
        "made_at": datetime.now(UTC).isoformat(),
        "payload": {"text": text, "manifest": manifest},
    }
    return plain | changes
