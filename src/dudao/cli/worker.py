"""`dudao worker`."""

import click
import django


@click.command(short_help="Run a worker alone.")
@click.option("--with-parent", type=int, hidden=True, help="End when this process does.")
def worker(with_parent: int | None) -> None:
    """Turn what arrived into records, seal the journal, send messages, run queued tasks; until SIGTERM.

    Any number of workers may run beside each other, on one machine or many.
    """
    from dudao.intake.lifeline import die_with_parent

    if with_parent:
        die_with_parent(with_parent)
    django.setup()
    from dudao.intake.worker import Worker

    Worker().run_until_told()
