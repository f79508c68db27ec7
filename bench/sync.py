"""Phones after a day without network: one with 100 visits and 300 photos, then 200 phones at once with a visit each.

Each photo is acknowledged when it is durable, each sheet after its commit; a worker projects meanwhile. The floor is the
same bytes over the same loopback into a socket that reads them and says so. Printed, not barred; that nothing is lost or
doubled is asserted.
"""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.intake.house import House, until

from bench.pairs import collect_pairs, print_line
from bench.server import Server, prepared
from bench.visits import Campus, Phone, Sent, campus, visit

MIB = 1024 * 1024
WORKS = (
    ("100 visits with 300 photos, one phone", 1, 100, 3),
    ("200 phones at once, a visit with a photo each", 200, 1, 1),
)


def main() -> None:
    with prepared("sqlite") as server:
        at = campus(server)
        server.start()
        try:
            for what, phones, visits, photos in WORKS:
                _measure(server, at, what, phones, visits, photos)
        finally:
            server.stop()


def _measure(server: Server, at: Campus, what: str, phones: int, visits: int, photos: int) -> None:
    every: list[Sent] = []

    def lots() -> list[list[Sent]]:
        return [[visit(at, photos) for _visit in range(visits)] for _phone in range(phones)]

    def ours() -> float:
        made = lots()
        every.extend(sent for lot in made for sent in lot)
        return _rate(partial(_send, server, at), made)

    with _sink() as port:
        result = collect_pairs(ours=ours, floor=lambda: _rate(partial(_pour, port), lots()), unit="MiB/s")
    print_line(
        "sync",
        what=what,
        result=result,
        packages=(
            "uvicorn",
            "httptools",
        ),
        **_all_is_there(server, every),
    )


def _rate(send: Callable[[Sequence[Sent]], object], lots: Sequence[Sequence[Sent]]) -> float:
    size = sum(sent.size for lot in lots for sent in lot)
    with ThreadPoolExecutor(len(lots)) as pool:
        begun = time.perf_counter()
        list(pool.map(send, lots))
        return size / MIB / (time.perf_counter() - begun)


def _send(server: Server, at: Campus, lot: Sequence[Sent]) -> None:
    phone = Phone(server, at)
    for sent in lot:
        phone.send(sent)
    phone.close()


def _pour(port: int, lot: Sequence[Sent]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link:
        for sent in lot:
            for piece in (sent.body, *sent.photos):
                link.sendall(len(piece).to_bytes(8, "big") + piece)
                assert link.recv(1) == b"."


class _sink:
    """A socket that reads what is poured and answers each piece with a point."""

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        threading.Thread(target=self._accept, daemon=True).start()
        port: int = self._socket.getsockname()[1]
        return port

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                link, _place = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(link,), daemon=True).start()

    def _read(self, link: socket.socket) -> None:
        with link:
            while head := link.recv(8, socket.MSG_WAITALL):
                left = int.from_bytes(head, "big")
                while left:
                    left -= len(link.recv(min(left, MIB)))
                link.sendall(b".")


def _all_is_there(server: Server, every: Sequence[Sent]) -> dict[str, float]:
    """Wait until the worker has finished all; assert that each is there once. Returns how long it took."""
    house = House(server.home, server.database_url)
    begun = time.perf_counter()
    ids = {sent.id.hex for sent in every}

    def filed() -> bool:
        rows = house.read("SELECT id FROM intake_entry WHERE completed_at IS NOT NULL")
        return ids <= {str(row[0]) for row in rows}

    until(filed, what="every visit to be filed", patience=600)
    took = time.perf_counter() - begun
    entries = [row[0] for row in house.read("SELECT id FROM intake_entry") if row[0] in ids]
    assert sorted(entries) == sorted(ids), "each sheet once"
    visits = [row[0] for row in house.read("SELECT id FROM inspections_visit WHERE state = 'FILED'")]
    assert len(visits) == len(set(visits)) >= len(ids)
    photos = sum(len(sent.photos) for sent in every)
    files = house.read("SELECT count(*) FROM inspections_visitfile JOIN intake_evidencefile USING (sha256)")
    assert files[0][0] >= photos, "each photo stored and known by its visit"
    return {"visits": len(ids), "photos": photos, "seconds_until_all_filed": round(took, 1)}


if __name__ == "__main__":
    main()
