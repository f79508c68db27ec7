"""`dudao worker`."""

import click
import django


@click.command(short_help="Run a worker alone.")
def worker() -> None:
    """Turn what arrived into records, seal the journal, send messages, run queued tasks; until SIGTERM.

    Any number of workers may run beside each other, on one machine or many.
    """
    django.setup()
    from dudao.intake.worker import Worker

    Worker().run_until_told()
