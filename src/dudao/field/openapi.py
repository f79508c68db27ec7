"""The phone's contract for machines: OpenAPI 3.1, its shapes made from the closed types that the server itself decodes with.

docs/field-api.md says the same in words, and why.
"""

from typing import Any

import msgspec

from dudao.field.shapes import DeviceIn, PinForgottenIn, PinKeyIn
from dudao.intake import kinds
from dudao.intake.entries import Signed
from dudao.intake.uploads import UPLOAD_LIMIT

REF = "#/components/schemas/{name}"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ENTRY = "019ac9d0-7d00-7000-8000-000000000001"
UNIT = "019ac9d0-7d00-7000-8000-000000000002"
SHEET = "019ac9d0-7d00-7000-8000-000000000003"
MOMENT = "2026-11-26T09:30:00+08:00"
MANIFEST = [
    {"sha256": SHA, "size": 412_345, "type": "image/jpeg", "name": "IMG_1.jpg", "role": "photo", "captured_at": MOMENT,
     "place": {"lat": 27.827, "lng": 113.134, "accuracy_m": 18.0, "taken_at": MOMENT}},
]  # fmt: skip
PAYLOADS: dict[tuple[str, int], Any] = {
    ("visit", 2): {
        "unit": UNIT, "started_at": MOMENT, "finished_at": "2026-11-26T11:05:00+08:00", "unplanned": False,
        "place": {"lat": 27.827, "lng": 113.134, "accuracy_m": 18.0, "taken_at": MOMENT}, "methods": ["PATROL"],
        "companion": "王主任", "sheets": [{"id": SHEET, "instrument": SHA, "answers": {"hw_board": "no"}, "notes": {}}],
        "narrative": "校园秩序良好。", "findings": [], "manifest": MANIFEST, "app": "0.1.0",
    },
    ("visit", 1): {
        "unit": UNIT, "started_at": MOMENT, "finished_at": "2026-11-26T11:05:00+08:00", "instrument": SHA,
        "answers": {"hw_board": "no"}, "manifest": MANIFEST,
    },
    ("check-in", 1): {"visit": SHEET, "unit": UNIT, "started_at": MOMENT, "unplanned": False, "covert": False, "app": "0.1.0"},
    ("invitation-answer", 1): {"plan": UNIT, "comes": True, "app": "0.1.0"},
    ("verification", 1): {
        "finding": UNIT, "seen_state": "REPORTED", "seen_round": 1, "decision": "pass", "method": "on_site",
        "facts": "已建立作业公示栏。", "verified_at": MOMENT, "step": {"id": 12, "reported_at": MOMENT}, "manifest": MANIFEST,
    },
}  # fmt: skip
DEVICE = {"device_id": SHEET, "name": "Android 14 Chrome", "app": "0.1.0", "waiting": 0}


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dudao: the phone's contract",
            "version": "1",
            "description": "What the field app and the server say to each other; docs/field-api.md says why.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY, "responses": _RESPONSES, "headers": _HEADERS},
    }  # fmt: skip


_SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "From POST /api/field/device; lasts 30 days.",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}
_HEADERS = {
    "Tus": {"description": "1.0.0", "schema": {"type": "string"}},
    "Offset": {"description": "How many bytes have arrived.", "schema": {"type": "integer"}},
    "Place": {"description": "The address of the upload.", "schema": {"type": "string"}},
}
_RESPONSES = {
    "Error": {
        "description": "Every error has this shape; `message` is in the language of Accept-Language.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}


def _paths() -> dict[str, Any]:
    upload = [
        {"name": "upload", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    entry = [
        {"name": "entry", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    return {
        "/api/field/device": {
            "post": _operation(
                "signPhoneIn", "Sign a phone in, or renew its token", {200: _json("DeviceOut"), 401: _ERROR, 403: _ERROR},
                body=_body("DeviceIn", {"phone": DEVICE}), security=[{"session": []}],
                parameters=[_header("X-CSRFToken", "From the cookie csrftoken.", required=True)],
            )
        },
        "/api/field/pin": {
            "post": _operation(
                "keepPinKey", "Keep the wrapped key of the phone's store, by the session", {200: _json("Kept"), 401: _ERROR, 403: _ERROR, 404: _ERROR},
                body=_body("PinKeyIn", {"key": {"device_id": SHEET, "key": "A" * 80}}), security=[{"session": []}],
            )
        },
        "/api/field/pin/forgotten": {
            "post": _operation(
                "forgetPin", "The wrapped key again, for the person who has just signed in", {200: _json("PinKey"), 401: _ERROR, 403: _ERROR, 404: _ERROR},
                body=_body("PinForgottenIn", {"phone": {"device_id": SHEET}}), security=[{"session": []}],
            )
        },
        "/api/field/bundle": {
            "get": _operation(
                "loadMonth", "The month's bundle", {200: _json("Bundle"), 304: {"description": "As before."}, 401: _ERROR},
                parameters=[_header("If-None-Match", "The ETag of the last answer.")],
            )
        },
        "/door/entries": {
            "post": _operation(
                "sendEntry", "Send one entry; a resend is the same bytes",
                {201: _json("Receipt"), 200: _json("Receipt"), 400: _ERROR, 401: _ERROR, 409: _ERROR, 413: _ERROR, 503: _ERROR},
                body=_body("Entry", {f"{name}-{schema}": entry_example(name, schema) for name, schema in PAYLOADS}),
                parameters=[_header("X-Device-Time", "The phone's clock now.")],
            )
        },
        "/door/entries/{entry}": {
            "get": _operation("askEntry", "Where an entry stands", {200: _json("Standing"), 401: _ERROR, 404: _ERROR}, parameters=entry)
        },
        "/door/files": {
            "options": _operation("askAbilities", "What the upload server can do (tus 1.0.0)", {204: {"description": "See the headers."}}, security=[]),
            "post": _operation(
                "beginUpload", "Begin a resumable upload, with all its bytes or without any",
                {201: _moved("Location"), 400: _ERROR, 401: _ERROR, 412: _ERROR, 413: _ERROR, 460: _ERROR, 503: _ERROR, 507: _ERROR},
                body=_BYTES, parameters=[
                    _TUS, _header("Upload-Length", f"Bytes in all, at most {UPLOAD_LIMIT}.", required=True),
                    _header("Upload-Metadata", "sha256, filetype, filename and entry, each in base64.", required=True),
                    _header("Upload-Checksum", "sha256 or sha1 of the bytes of this request."),
                ],
            ),
        },
        "/door/files/{upload}": {
            "parameters": upload,
            "head": _operation("askUpload", "How much has arrived", {200: _moved(), 401: {"description": "No token that counts."}, 404: {"description": "Begin anew."}}, parameters=[_TUS]),
            "patch": _operation(
                "continueUpload", "Send the next piece",
                {204: _moved(), 401: _ERROR, 404: _ERROR, 409: _ERROR, 412: _ERROR, 415: _ERROR, 460: _ERROR, 503: _ERROR},
                body=_BYTES, parameters=[_TUS, _header("Upload-Offset", "Where this piece begins.", required=True), _header("Upload-Checksum", "sha256 or sha1 of this piece.")],
            ),
            "delete": _operation("dropUpload", "Call an upload off", {204: {"description": "Gone."}, 401: _ERROR, 404: _ERROR}, parameters=[_TUS]),
        },
    }  # fmt: skip


def entry_example(kind: str, schema: int) -> dict[str, Any]:
    return {"id": ENTRY, "kind": kind, "schema": schema, "made_at": MOMENT, "payload": PAYLOADS[kind, schema]}


def _schemas() -> dict[str, Any]:
    every = kinds.every()
    shapes = [DeviceIn, Signed, PinKeyIn, PinForgottenIn, *(kind.decoder.type for kind in every)]
    made, components = msgspec.json.schema_components(shapes, ref_template=REF)
    payloads = {f"{one.name}-{one.schema}": made[4 + number] for number, one in enumerate(every)}
    envelopes = [
        {
            "type": "object",
            "required": ["id", "kind", "schema", "made_at", "payload"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "format": "uuid", "description": "UUIDv7, made by the phone"},
                "kind": {"const": one.name},
                "schema": {"const": one.schema},
                "made_at": {"type": "string", "format": "date-time"},
                "payload": payloads[f"{one.name}-{one.schema}"],
                "signed": made[1],
            },
        }
        for one in every
    ]
    return components | {"Entry": {"oneOf": envelopes}} | _ANSWERS


_MOMENT = {"type": "string", "format": "date-time"}
_ANSWERS: dict[str, Any] = {
    "Error": {
        "type": "object", "required": ["code", "message", "details"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
    },
    "DeviceOut": {
        "type": "object", "required": ["token", "expires_at", "key", "user", "server_time"], "additionalProperties": False,
        "properties": {
            "token": {"type": "string"}, "expires_at": _MOMENT, "server_time": _MOMENT,
            "key": {"type": "string", "description": "The key that counts for this phone, or empty."},
            "user": {
                "type": "object", "required": ["id", "name", "certificate_no"],
                "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "certificate_no": {"type": "string"}},
            },
        },
    },
    "Kept": {"type": "object", "required": ["server_time"], "additionalProperties": False, "properties": {"server_time": _MOMENT}},
    "PinKey": {
        "type": "object", "required": ["key", "server_time"], "additionalProperties": False,
        "properties": {"key": {"type": "string"}, "server_time": _MOMENT},
    },
    "Receipt": {
        "type": "object", "required": ["id", "received_at", "outcome"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "received_at": _MOMENT, "outcome": {"enum": ["new", "known"]}},
    },
    "Standing": {
        "type": "object", "required": ["id", "received_at", "state", "reason", "detail", "files", "complete"],
        "properties": {
            "id": {"type": "string", "format": "uuid"}, "received_at": _MOMENT,
            "state": {"enum": ["received", "projected", "quarantined", "closed"]},
            "reason": {"type": "string"}, "detail": {"type": "string"}, "complete": {"type": "boolean"},
            "files": {
                "type": "array",
                "items": {
                    "type": "object", "required": ["sha256", "size", "stored"],
                    "properties": {"sha256": {"type": "string"}, "size": {"type": "integer"}, "stored": {"type": "boolean"}},
                },
            },
        },
    },
    "Bundle": {
        "type": "object", "description": "docs/field-api.md §2 shows every part.",
        "required": ["generated_at", "server_time", "month", "user", "units", "methods", "categories", "severities", "special_days", "instruments", "findings", "visits", "joints", "invitations"],
        "properties": {
            "generated_at": _MOMENT, "server_time": _MOMENT, "month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
            "user": {"type": "object"}, "special_days": {"type": "object", "additionalProperties": {"enum": ["work", "rest"]}},
            **{name: {"type": "array", "items": {"type": "object"}} for name in ("units", "methods", "categories", "severities", "instruments", "findings", "visits", "joints", "invitations")},
        },
    },
}  # fmt: skip
_ERROR = {"$ref": "#/components/responses/Error"}
_BYTES = {"content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


def _operation(name: str, summary: str, answers: dict[int, Any], **more: Any) -> dict[str, Any]:
    body = {"requestBody": more.pop("body")} if "body" in more else {}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): answer for status, answer in answers.items()},
        **body,
        **more,
    }


def _json(schema: str) -> dict[str, Any]:
    return {
        "description": schema,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _body(schema: str, examples: dict[str, Any]) -> dict[str, Any]:
    shown = {name: {"value": value} for name, value in examples.items()}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": shown}
        },
    }


def _header(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


_TUS = _header("Tus-Resumable", "1.0.0", required=True)


def _moved(*more: str) -> dict[str, Any]:
    headers = {"Tus-Resumable": "Tus", "Upload-Offset": "Offset", **dict.fromkeys(more, "Place")}
    return {
        "description": "Where the upload stands.",
        "headers": {name: {"$ref": f"#/components/headers/{key}"} for name, key in headers.items()},
    }
