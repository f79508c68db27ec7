"""Work done later: many boards in one file."""

from django_tasks import task

from dudao.inspectors import printing


@task()
def print_later(printing_id: str) -> None:
    """Make the boards of an order. Delivered twice, it makes them once."""
    printing.make(printing_id)
