"""A phone's export file, as frontend/field/local/export.ts writes it."""

import base64
import hashlib
import json
from typing import Any
from uuid import UUID


def export(
    bodies: list[str], files: list[bytes] = (), *, user: int, device: UUID, drafts: int = 0, **head: Any
) -> bytes:  # fmt: skip
    """The bodies of an outbox and the files they name; `files[0]` goes with `bodies[0]` and so on."""
    ids = [json.loads(one).get("id", "") for one in bodies]
    evidence = [
        {
            "id": str(n),
            "draft": ids[min(n, len(ids) - 1)],
            "sha256": sha(one),
            "size": len(one),
            "type": "image/jpeg",
            "name": f"照片{n}.jpg",
        }
        for n, one in enumerate(files)
    ]
    plain = {
        "format": "dudao-field-export", "version": 1, "exported_at": "2026-11-26T03:00:00Z", "device_id": str(device), "user": user,
        "entries": [{"id": i, "kind": json.loads(one)["kind"], "body": one, "stage": "entry", "problem": None} for i, one in zip(ids, bodies, strict=True)],
        "drafts": {"visits": [{"id": str(n), "files": []} for n in range(drafts)], "verifications": []}, "evidence": evidence,
    } | head  # fmt: skip
    parts = [
        json.dumps({"sha256": sha(one), "type": "image/jpeg", "size": len(one)}, separators=(",", ":"))[:-1]
        + f',"base64":"{base64.b64encode(one).decode()}"}}'
        for one in files
    ]
    text = (
        json.dumps(plain, ensure_ascii=False, separators=(",", ":"))[:-1]
        + ',"files":['
        + ",".join(parts)
        + "]}"
    )
    return text.encode()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
