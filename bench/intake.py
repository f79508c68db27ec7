"""The door under load: entries acknowledged after a durable commit, against one INSERT and commit per row.

Ours: HTTP, token, closed types, group commit. The load is made by wrk (one thread of C with a Lua script that only joins
strings), which costs about a tenth of a core at the rates seen here. The floor: a process of its own with one thread and
one raw driver connection per caller (psycopg 3 or sqlite3), each inserting the same row into a table of the same shape,
one commit a row, at the same durability. PostgreSQL allows a hundred connections, so its floor uses at most 64.
"""

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from bench.floors import rows_per_second
from bench.pairs import collect_pairs, print_line
from bench.server import ROOT, SECRET, Server, running
from dudao.people import tokens

SECONDS = 2  # of load in one run
PAIRS = 5
CONNECTIONS = (1, 8, 32, 128)
MOST_FLOOR_CONNECTIONS = 64
DATABASES = ("postgresql", "sqlite")


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("bench.intake needs wrk (Debian: apt-get install wrk)")
    for database in DATABASES:
        with running(database, "--no-worker") as server:
            for name, body in _bodies().items():
                path = server.home / "body.json"
                path.write_text(body)
                for connections in CONNECTIONS:
                    _measure(server, database, name, path, connections)


def _measure(server: Server, database: str, name: str, body: Path, connections: int) -> None:
    floor_connections = min(connections, MOST_FLOOR_CONNECTIONS) if database == "postgresql" else connections
    result = collect_pairs(
        ours=lambda: _load(server, body, connections),
        floor=lambda: rows_per_second(
            server.database_url, connections=floor_connections, seconds=SECONDS, body=body.read_bytes()
        ),
        pairs=PAIRS,
        unit="entries/s",
    )
    print_line(
        "intake",
        what=f"{name}, {connections} connections, {database}",
        result=result,
        packages=("uvicorn", "httptools", "msgspec", "psycopg", "uvloop"),
        floor_connections=floor_connections,
        server_peak_mib=[round(size, 1) for size in server.memory_mib("VmHWM")],
        target="ratio ≥ 0.5 (twice the latency)"
        if connections == 1
        else "ratio ≥ 1.5"
        if connections >= 32
        else "",
    )


def _load(server: Server, body: Path, connections: int) -> float:
    """Entries acknowledged as new per second. Stops the benchmark when anything else was answered."""
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{SECONDS}s",
        "--script", str(ROOT / "bench" / "intake.lua"), f"http://127.0.0.1:{server.port}",
        "--", str(body), _token(), str(random.getrandbits(32)),
    ]  # fmt: skip
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        sys.exit(f"the door refused: {told}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found is not None
    return float(found.group(1))


def _token() -> str:
    if not settings.configured:
        settings.configure(SECRET_KEY=SECRET)
    return tokens.issue(user=1, device=str(uuid4()), now=datetime.now(UTC))[0]


def _bodies() -> dict[str, str]:
    """One body of 1 KB and one of 4 KB, of the kinds phones send."""
    moment = "2026-11-20T09:00:00+08:00"
    small = {
        "finding": str(uuid4()), "seen_state": "REPORTED", "seen_round": 1, "decision": "pass",
        "method": "material", "facts": "已更换。" * 40, "verified_at": moment, "manifest": [_file()], "app": "0.1.0",
    }  # fmt: skip
    large = {
        "unit": str(uuid4()), "instrument": "a" * 64, "started_at": moment, "finished_at": moment,
        "methods": ["PATROL", "DOC_CHECK"], "companion": "王主任",
        "answers": {f"item_{number}": "yes" for number in range(40)},
        "narrative": "校园秩序良好。" * 40, "manifest": [_file() for _ in range(3)],
        "findings": [
            {"id": str(uuid4()), "category": "HOMEWORK", "severity": "MAJOR", "wording": "未建立公示制度。" * 5,
             "days": 15, "day_unit": "working"} for _ in range(2)
        ],
        "app": "0.1.0",
    }  # fmt: skip
    return {
        "verifications of 1 KB": _entry("verification", small),
        "visit sheets of 4 KB": _entry("visit", large),
    }


def _entry(kind: str, payload: Mapping[str, object]) -> str:
    plain = {
        "id": "__ID__",
        "kind": kind,
        "schema": 1,
        "made_at": "2026-11-20T10:00:00+08:00",
        "payload": payload,
    }
    return json.dumps(plain, ensure_ascii=False)


def _file() -> dict[str, object]:
    sha256 = f"{random.getrandbits(256):064x}"
    return {"sha256": sha256, "size": 300_000, "type": "image/jpeg", "name": "IMG_1.jpg", "role": "photo"}


if __name__ == "__main__":
    main()
