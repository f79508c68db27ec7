"""Files through the resumable upload: photos of 300 KB and a video of 100 MB, each acknowledged when it is durable.

Ours: HTTP, tus, hash of the whole, sniffing, sync, the row in the database. A photo is one request (creation-with-upload),
a video comes in pieces of 4 MiB; a phone keeps its connection. The floor: the same bytes written and synced to the same
disk, one file each, as many at once as there are phones. The figure is MiB per second; the bar is at least half the
floor's, and less than 64 MiB more memory per process whatever the size.
"""

import base64
import hashlib
import http.client
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings

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
        rest = max(server.memory_mib("VmHWM"))
        for work in WORKS:
            result = collect_pairs(
                ours=partial(_rate, _upload, server, work),
                floor=partial(_rate, _write, server, work),
                pairs=PAIRS,
                unit="MiB/s",
            )
            print_line(
                "evidence", what=work.what, result=result, packages=("granian", "uvloop"),
                memory_added_mib=round(max(server.memory_mib("VmHWM")) - rest, 1),
                target="ratio ≥ 0.5, memory added < 64 MiB",
            )  # fmt: skip


def _rate(send: Callable[[Server, Named], None], server: Server, work: Work) -> float:
    lots = [_files(work) for _phone in range(work.phones)]
    with ThreadPoolExecutor(work.phones) as phones:
        begun = time.perf_counter()
        list(phones.map(send, [server] * work.phones, lots))
        return work.phones * work.files * work.size / MIB / (time.perf_counter() - begun)


def _files(work: Work) -> Named:
    """Contents and their hashes; a phone computes these at capture, so they are not timed."""
    contents = [b"\xff\xd8\xff" + os.urandom(work.size - 3) for _one in range(work.files)]
    return [(content, hashlib.sha256(content).hexdigest()) for content in contents]


def _write(server: Server, files: Named) -> None:
    for content, sha256 in files:
        path = Path(server.home) / f"floor-{sha256}"
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _upload(server: Server, files: Named) -> None:
    link = http.client.HTTPConnection("127.0.0.1", server.port)
    token, _ends = tokens.issue(user=1, device=str(uuid4()), now=datetime.now(UTC))
    common = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    for content, sha256 in files:
        described = {"Upload-Length": str(len(content)), "Upload-Metadata": _metadata(sha256)}
        if len(content) <= IN_ONE_REQUEST:
            answer = _asked(link, "POST", "/door/files", common | described | STREAM, content)
            assert answer["Upload-Offset"] == str(len(content))
            continue
        place = _asked(link, "POST", "/door/files", common | described)["Location"]
        for offset in range(0, len(content), PIECE):
            at = {"Upload-Offset": str(offset)}
            _asked(link, "PATCH", place, common | STREAM | at, content[offset : offset + PIECE])
    link.close()


def _asked(
    link: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> http.client.HTTPMessage:
    link.request(method, path, body=body, headers=headers)
    answer = link.getresponse()
    answer.read()
    assert answer.status in {201, 204}, answer.status
    return answer.headers


def _metadata(sha256: str) -> str:
    described = {"sha256": sha256, "filetype": "image/jpeg", "filename": "a.jpg", "entry": str(uuid4())}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in described.items())


if __name__ == "__main__":
    main()
