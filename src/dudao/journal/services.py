"""Telling the journal, sealing it, and checking the seal."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

from django.db import connection, models, transaction

from dudao.journal.models import Event, Seal, Unsealed
from dudao.kernel import clock
from dudao.kernel.text import shorten

GENESIS = "0" * 64
BATCH = 500
origin: ContextVar[str] = ContextVar("request_origin", default="")


class Actor(Protocol):
    """Who acts: a user, seen from below."""

    pk: Any

    def __str__(self) -> str: ...


def record(
    kind: str,
    *,
    by: Actor | None,
    obj: models.Model,
    label: str = "",
    region: str = "",
    unit: Any = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Write one event in the caller's transaction. `by` is None for what the system does by itself."""
    what = Happening(obj, label, region, unit, before or {}, after or {}, note)
    return record_many(kind, [what], by=by)[0]


class Happening(NamedTuple):
    """What happened to one object, as one event tells it."""

    obj: models.Model
    label: str = ""
    region: str = ""
    unit: Any = ""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    note: str = ""


def record_many(kind: str, happenings: Iterable[Happening], *, by: Actor | None) -> list[Event]:
    """The same for many objects at once, one event each, in their order."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"an event must share its cause's transaction: {kind=}")
    events = Event.objects.bulk_create(
        [
            Event(
                at=clock.now(),
                kind=kind,
                actor_id=by.pk if by else None,
                actor_label=shorten(str(by), 120) if by else "",
                object_type=one.obj._meta.label_lower,
                object_id=str(one.obj.pk),
                object_label=shorten(one.label or str(one.obj), 200),
                region_path=one.region,
                unit_id=str(one.unit or ""),
                before=one.before,
                after=one.after,
                note=one.note,
                origin=origin.get(),
            )
            for one in happenings
        ]
    )
    Unsealed.objects.bulk_create([Unsealed(event=event) for event in events])
    return events


def digest(event: Event, seq: int, previous: str) -> str:
    """SHA-256 over the canonical JSON of the event, its number and the hash before it."""
    body = json.dumps(as_row(event) | {"seq": seq, "previous": previous}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def as_row(event: Event) -> dict[str, Any]:
    """The event as it is hashed and exported: every column, the moment in UTC with microseconds."""
    row = {field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields}
    row["at"] = event.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return row


def seal() -> int:
    """Number and chain what was committed since the last time; returns how many, 0 also while another seals."""
    if not Unsealed.objects.exists():
        return 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('dudao.journal.seal'))")
                if not cursor.fetchone()[0]:
                    return 0
        last = Seal.objects.order_by("-seq").first()
        seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
        waiting = list(Event.objects.filter(unsealed__isnull=False).order_by("pk")[:BATCH])
        seals = []
        for event in waiting:
            seq += 1
            link = digest(event, seq, previous)
            seals.append(Seal(seq=seq, event=event, previous=previous, hash=link))
            previous = link
        Seal.objects.bulk_create(seals)
        Unsealed.objects.filter(event__in=waiting).delete()
    return len(waiting)


def faults() -> Iterator[str]:
    """What is wrong with the sealed journal, one line each; nothing when every link holds."""
    expected, previous = 1, GENESIS
    for link in Seal.objects.select_related("event").order_by("seq").iterator(chunk_size=2000):
        if link.seq != expected:
            yield f"seq {expected} is missing, found {link.seq}"
        if link.previous != previous:
            yield f"seq {link.seq} does not follow the hash before it"
        if link.hash != digest(link.event, link.seq, link.previous):
            yield f"seq {link.seq} (event {link.event_id}) was changed after it was sealed"
        expected, previous = link.seq + 1, link.hash
    sealed = Seal.objects.values("event_id")
    for pk in (
        Event.objects.exclude(pk__in=sealed).exclude(unsealed__isnull=False).values_list("pk", flat=True)
    ):
        yield f"event {pk} is neither sealed nor waiting"
