"""Hashing stored files again: a share every night, all or some by hand. What is wrong is kept, journalled and shown.

Every file carries the moment it was last looked at, so a sweep that breaks off goes on where it stopped.
"""

import time
from collections.abc import Callable
from datetime import datetime
from math import ceil

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dudao.intake.models import EvidenceFile, FileCheck, Sweep
from dudao.intake.stores import evidence_store
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.rules.queries import in_force

NIGHT = range(1, 5)  # hours in which the machine has little else to do
PORTION_SECONDS = 0.5  # of one call at night; the worker has other things to do
AT_ONCE = 100  # files read from the database together

Tell = Callable[[EvidenceFile, str], None]


def due(*, before: datetime, since: datetime | None = None) -> QuerySet[EvidenceFile]:
    """Files not looked at since `before`, of those received from `since` on; what waits longest comes first."""
    rows = EvidenceFile.objects.filter(Q(last_check=None) | Q(last_check__checked_at__lt=before))
    if since is not None:
        rows = rows.filter(received_at__gte=since)
    return rows.order_by(F("last_check__checked_at").asc(nulls_first=True), "received_at", "sha256")


def sweep(rows: QuerySet[EvidenceFile], tell: Tell, *, most: int | None = None) -> Sweep:
    """Look at all of `rows`, or `most` of them, and call `tell(file, fault)` for each."""
    run = Sweep.objects.create(started_at=clock.now())
    left = most if most is not None else rows.count()
    while left > 0 and (files := list(rows[: min(AT_ONCE, left)])):
        for file in files:
            tell(file, _look(file, run))
        left -= len(files)
    return _end(run)


def nightly() -> int:
    """One portion of tonight's share: each file comes round once in as many days as the rule says."""
    now = timezone.localtime(clock.now())
    if now.hour not in NIGHT:
        return 0
    run, _made = Sweep.objects.get_or_create(night=now.date(), defaults={"started_at": clock.now()})
    if run.ended_at is not None:
        return 0
    share = ceil(EvidenceFile.objects.count() / in_force("evidence.sweep_days", region=None, on=now.date()))
    rows = due(before=run.started_at)[: min(AT_ONCE, max(share - run.looked, 0))]
    until = time.monotonic() + PORTION_SECONDS
    done = 0
    for file in rows:
        _look(file, run)
        done += 1
        if time.monotonic() > until:
            return done
    if done < AT_ONCE:
        _end(run)
    return done


def _look(file: EvidenceFile, run: Sweep) -> str:
    """Hash one file and write down what was found; a fault that is new, or gone, is an event of the journal."""
    fault = evidence_store().fault_of(file.sha256)
    with transaction.atomic():
        known = FileCheck.objects.filter(file=file).first()
        before = known.fault if known else ""
        since = None if not fault else known.since if known and known.since else clock.now()
        FileCheck.objects.update_or_create(
            file=file, defaults={"checked_at": clock.now(), "fault": fault, "since": since}
        )
        if fault != before:
            journal.record(
                "evidence.fault" if fault else "evidence.sound",
                by=None, obj=file, label=file.name or file.sha256[:12], before={"fault": before}, after={"fault": fault},
            )  # fmt: skip
        Sweep.objects.filter(pk=run.pk).update(looked=F("looked") + 1, wrong=F("wrong") + int(bool(fault)))
    return fault


def _end(run: Sweep) -> Sweep:
    with transaction.atomic():
        if Sweep.objects.filter(pk=run.pk, ended_at=None).update(ended_at=clock.now()):
            run.refresh_from_db()
            journal.record(
                "evidence.sweep", by=None, obj=run, after={"looked": run.looked, "wrong": run.wrong}
            )
    run.refresh_from_db()
    return run
