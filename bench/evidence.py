"""Files through the resumable upload: photos of 300 KB and a video of 100 MB, each acknowledged when it is durable.

Ours: HTTP, tus, hash of the whole, sniffing, sync, the row in the database. The floor: the same bytes written and synced
to the same disk, one file each. The figure is MiB per second; the bar is at least half the floor's, and less than 64 MiB
more memory per process whatever the size.
"""

import base64
import hashlib
import http.client
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from bench.pairs import collect_pairs, print_line
from bench.server import SECRET, Server, running
from dudao.people import tokens

MIB = 1024 * 1024
PIECE = 4 * MIB
PAIRS = 5
PHOTOS = 20
SIZES = {"20 photos of 300 KB": (PHOTOS, 300_000), "a video of 100 MB": (1, 100 * MIB)}


def main() -> None:
    settings.configure(SECRET_KEY=SECRET)
    with running("sqlite", "--no-worker") as server:
        rest = max(server.memory_mib("VmHWM"))
        for what, (count, size) in SIZES.items():
            result = collect_pairs(
                ours=lambda count=count, size=size: _rate(_uploaded, server, count, size),
                floor=lambda count=count, size=size: _rate(_written, server, count, size),
                pairs=PAIRS,
                unit="MiB/s",
            )
            print_line(
                "evidence", what=what, result=result, packages=("granian",),
                memory_added_mib=round(max(server.memory_mib("VmHWM")) - rest, 1),
                target="ratio ≥ 0.5, memory added < 64 MiB",
            )  # fmt: skip


def _rate(send, server: Server, count: int, size: int) -> float:
    contents = [b"\xff\xd8\xff" + os.urandom(size - 3) for _one in range(count)]
    named = [
        (content, hashlib.sha256(content).hexdigest()) for content in contents
    ]  # done at capture, not timed
    begun = time.perf_counter()
    for content, sha256 in named:
        send(server, content, sha256)
    return count * size / MIB / (time.perf_counter() - begun)


def _written(server: Server, content: bytes, sha256: str) -> None:
    path = Path(server.home) / f"floor-{sha256}"
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _uploaded(server: Server, content: bytes, sha256: str) -> None:
    link = http.client.HTTPConnection("127.0.0.1", server.port)
    token, _ends = tokens.issue(user=1, device=str(uuid4()), now=datetime.now(UTC))
    common = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    described = {"sha256": sha256, "filetype": "image/jpeg", "filename": "a.jpg", "entry": str(uuid4())}  # fmt: skip
    metadata = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in described.items()
    )
    link.request(
        "POST",
        "/door/files",
        headers=common | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata},
    )
    begun = link.getresponse()
    begun.read()
    assert begun.status == 201, begun.status
    place = begun.headers["Location"]
    for offset, piece in _pieces(content):
        headers = common | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        link.request("PATCH", place, body=piece, headers=headers)
        answer = link.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
    link.close()


def _pieces(content: bytes) -> Iterator[tuple[int, bytes]]:
    for offset in range(0, len(content), PIECE):
        yield offset, content[offset : offset + PIECE]


if __name__ == "__main__":
    main()
