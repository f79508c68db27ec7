"""Writing the sample city into an empty database."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import click
from django.db import connection

from dudao.findings.looking_back import last_half
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.notify.models import Message
from dudao.places.models import Unit
from dudao.sample import applying, city, history, papers, planning


def populate(*, seed: int, say: Callable[[str], object]) -> None:
    """The whole sample, deterministic by `seed` and today's date. Refuses a database that holds units already."""
    if Unit.objects.exists():
        raise click.ClickException(
            "this database holds schools already; the sample goes into an empty one only"
        )
    random = Random(seed)  # noqa: S311 - a made-up city, not a secret
    today = clock.today()
    made = city.build(random, since=min(today - timedelta(days=200), last_half().span[0].date()))
    say(f"sample city: {len(made.units)} schools, {len(made.inspectors)} inspectors ({connection.vendor})")
    history.write(made, random, today=today)
    planning.write(made, random, today=today)
    applying.write(made, today=today)
    papers.write(today=today)
    while journal.seal():
        pass
    while followers.run():
        pass
    Message.objects.filter(sent_at__lt=clock.now() - timedelta(days=6)).update(read_at=clock.now())
    say(f"history: {history.told()}")
