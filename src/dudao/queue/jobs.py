"""Work done later, on django-tasks: claim, retry with back-off, give up visibly."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from dudao.kernel import clock

Job = DBTaskResult[..., Any]

ATTEMPTS = 5
LOST_AFTER = timedelta(minutes=15)  # no task of ours runs that long; a worker died


def run_ready() -> int:
    """Run what is due, until nothing is."""
    if not DBTaskResult.objects.ready().exists():
        return 0
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=50,
        worker_id="dudao",
        excluded_queue_names=[],
    )
    worker.run()
    return worker._run_tasks


def given_up() -> QuerySet[Job]:
    """Tasks that failed `ATTEMPTS` times and wait for a person."""
    return DBTaskResult.objects.filter(
        status=TaskResultStatus.FAILED,
        pk__in=[row.pk for row in _failed() if len(row.worker_ids) >= ATTEMPTS],
    )


def waiting() -> int:
    """How many tasks are due or will be."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.READY).count()


def retry_failed() -> int:
    """Put failed tasks back, each time later (10 s, 20 s, 40 s, 80 s)."""
    again = [row for row in _failed() if len(row.worker_ids) < ATTEMPTS]
    for row in again:
        wait = timedelta(seconds=10 * 2 ** (len(row.worker_ids) - 1))
        _back(row, wait)
    return len(again)


def recover_lost() -> int:
    """Put back tasks whose worker died while it ran them."""
    lost = DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=clock.now() - LOST_AFTER
    )
    return sum(_back(row, timedelta()) for row in lost)


def run_again(task_id: str) -> bool:
    """A person asks for one more try; its attempts start anew. False if it no longer waits."""
    row = _failed().filter(pk=task_id).first()
    return bool(row and _back(row, timedelta(), forget=True))


def _failed() -> QuerySet[Job]:
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)


def _back(row: Job, wait: timedelta, *, forget: bool = False) -> int:
    changes: dict[str, Any] = {"worker_ids": []} if forget else {}
    return DBTaskResult.objects.filter(pk=row.pk, status=row.status).update(
        status=TaskResultStatus.READY,
        run_after=clock.now() + wait,
        started_at=None,
        finished_at=None,
        **changes,
    )
