"""Work done later."""

from django_tasks import task

from dudao.imports import running


@task()
def check_later(import_id: str) -> None:
    running.check(import_id)


@task()
def apply_later(import_id: str) -> None:
    running.apply(import_id)
