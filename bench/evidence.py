"""Files through the resumable upload: photos of 300 KB and a video of 100 MB, each acknowledged when it is durable.

Ours: HTTP, tus, hash of the whole, sniffing, sync, the row in the database. A photo is one request (creation-with-upload),
a video comes in pieces of 4 MiB; a phone keeps its connection, and its requests
are written out before the clock starts. The floor: the same bytes written and synced to the same
disk, one file each, as many at once as there are phones. That takes no byte from a network, keeps no file under its name and
no row about it, so a second floor does our job by bare means in a process of its own: take the bytes from a connection,
hash, write, link to the name by hash, sync the file and its folder, insert and commit a row of the real table, answer. The figure is MiB per second; the bar is at least half the floor's, and less than 64 MiB more memory
per process whatever the size.
"""

import base64
import hashlib
import multiprocessing
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings

from bench.floors import open_sqlite
from bench.pairs import collect_pairs, print_line
from bench.server import SECRET, Server, running
from dudao.people import tokens

MIB = 1024 * 1024
PIECE = 4 * MIB
IN_ONE_REQUEST = MIB  # bytes; a larger file comes in pieces
STREAM = {"Content-Type": "application/offset+octet-stream"}
PAIRS = 7


class Work(NamedTuple):
    """What is sent: `phones` at once, each sends `files` files of `size` bytes one after the other."""

    what: str
    phones: int
    files: int
    size: int


WORKS = (
    Work("20 photos of 300 KB, one phone", 1, 20, 300_000),
    Work("20 photos of 300 KB each, 8 phones at once", 8, 20, 300_000),
    Work("a video of 100 MB, one phone", 1, 1, 100 * MIB),
)
Named = list[tuple[bytes, str]]


def main() -> None:
    settings.configure(SECRET_KEY=SECRET)
    with running("sqlite", "--no-worker") as server:
        rest = max(server.memory_mib("VmHWM")[1:])
        bare = Bare(server)
        for work in WORKS:
            result = collect_pairs(
                ours=partial(_rate, _upload, server, work),
                floor=partial(_rate, _write, server, work),
                bare=partial(_rate, bare.ready, server, work),
                pairs=PAIRS,
                unit="MiB/s",
            )
            print_line(
                "evidence", what=work.what, result=result, packages=("uvicorn", "httptools", "uvloop"),
                memory_added_mib=round(max(server.memory_mib("VmHWM")[1:]) - rest, 1),
                target="ratio ≥ 0.5, memory added < 64 MiB",
            )  # fmt: skip
        bare.stop()


def _rate(ready: Callable[[Server, Named], Callable[[], None]], server: Server, work: Work) -> float:
    jobs = [ready(server, _files(work)) for _phone in range(work.phones)]
    with ThreadPoolExecutor(work.phones) as phones:
        begun = time.perf_counter()
        list(phones.map(lambda job: job(), jobs))
        return work.phones * work.files * work.size / MIB / (time.perf_counter() - begun)


def _files(work: Work) -> Named:
    """Contents and their hashes; a phone computes these at capture, so they are not timed."""
    contents = [b"\xff\xd8\xff" + os.urandom(work.size - 3) for _one in range(work.files)]
    return [(content, hashlib.sha256(content).hexdigest()) for content in contents]


def _write(server: Server, files: Named) -> Callable[[], None]:
    def write() -> None:
        for content, sha256 in files:
            path = Path(server.home) / f"floor-{sha256}"
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()

    return write


class Bare:
    """The job of the upload by bare means, in a process of its own: bytes come by a connection of their phone, are hashed and
    written, and are answered when they are safe under their hash with a row about them that is safe as well."""

    def __init__(self, server: Server) -> None:
        self._folder = Path(server.home) / "bare"
        for number in range(256):
            (self._folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        self._database_url = server.database_url
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._process = multiprocessing.get_context("fork").Process(target=self._serve, daemon=True)
        self._process.start()

    def ready(self, _server: Server, files: Named) -> Callable[[], None]:
        phone = socket.create_connection(self._door.getsockname())

        def send() -> None:
            for content, sha256 in files:
                phone.sendall(_HEAD.pack(sha256.encode(), len(content)))
                phone.sendall(content)
                assert phone.recv(1) == _SAFE
            phone.close()

        return send

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
        self._door.close()

    def _serve(self) -> None:
        self._link = open_sqlite(self._database_url)
        self._link.execute("CREATE TABLE bare_file AS SELECT * FROM intake_evidencefile WHERE false")
        self._link.execute("CREATE UNIQUE INDEX bare_file_sha256 ON bare_file (sha256)")
        while True:
            phone, _address = self._door.accept()
            threading.Thread(target=self._hear, args=(phone,), daemon=True).start()

    def _hear(self, phone: socket.socket) -> None:
        room = memoryview(bytearray(MIB))
        while phone.recv_into(room, _HEAD.size, socket.MSG_WAITALL):
            name, size = _HEAD.unpack_from(room)
            self._keep(phone, name.decode(), size, room)
            phone.sendall(_SAFE)

    def _keep(self, phone: socket.socket, sha256: str, size: int, room: memoryview) -> None:
        part, final = self._folder / f"{sha256}.part", self._folder / sha256[:2] / sha256
        digest = hashlib.sha256()
        with part.open("wb", buffering=0) as file:
            left = size
            while left:
                came = phone.recv_into(room, min(left, MIB), socket.MSG_WAITALL)
                digest.update(room[:came])
                file.write(room[:came])
                left -= came
            assert digest.hexdigest() == sha256
            os.link(part, final)
            os.fsync(file.fileno())
        folder = os.open(final.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        part.unlink()
        with self._lock:
            self._link.execute(
                _INSERT, {"sha256": sha256, "size": size, "path": str(final), "entry": uuid4().hex}
            )


_HEAD = struct.Struct("<64sQ")  # hash and number of bytes to come
_SAFE = b"."
_INSERT = """
    INSERT INTO bare_file (sha256, size, declared_type, sniffed_type, trusted, name, path, received_at, entry_id, user_id, announced)
    VALUES (:sha256, :size, 'image/jpeg', 'image/jpeg', 1, 'a.jpg', :path, datetime('now'), :entry, 1, 0)
"""


def _upload(server: Server, files: Named) -> Callable[[], None]:
    """A phone with its requests written out beforehand: what a phone spends on that, it does not spend on our cores."""
    token, _ends = tokens.issue(user=1, device=str(uuid4()), now=datetime.now(UTC))
    common = {"Host": "127.0.0.1", "Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    link = Link(server.port)
    asked = []
    for content, sha256 in files:
        described = common | {"Upload-Length": str(len(content)), "Upload-Metadata": _metadata(sha256)}
        if len(content) <= IN_ONE_REQUEST:
            asked.append(_written("POST", "/door/files", described | STREAM, content))
            continue
        place = link.ask(_written("POST", "/door/files", described))["location"]
        for offset in range(0, len(content), PIECE):
            at = common | STREAM | {"Upload-Offset": str(offset)}
            asked.append(_written("PATCH", place, at, content[offset : offset + PIECE]))

    def send() -> None:
        for request in asked:
            answer = link.ask(request)
        assert int(answer["upload-offset"]) == len(files[-1][0])
        link.close()

    return send


class Link:
    """One kept connection to the server, with no more of HTTP than these answers need."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))

    def ask(self, request: bytes) -> dict[str, str]:
        """The headers of the answer, which has no body."""
        self._socket.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._socket.recv(4096)
        first, *lines = answer.decode().strip().split("\r\n")
        assert first.split()[1] in {"201", "204"}, answer
        return {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}

    def close(self) -> None:
        self._socket.close()


def _written(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _metadata(sha256: str) -> str:
    described = {"sha256": sha256, "filetype": "image/jpeg", "filename": "a.jpg", "entry": str(uuid4())}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in described.items())


if __name__ == "__main__":
    main()
