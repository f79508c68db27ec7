"""`dudao journal`: check and export the sealed journal."""

import json
from typing import TextIO

import click


@click.group()
def journal() -> None:
    """The journal of everything that happened: check its seal, export it."""


@journal.command()
def verify() -> None:
    """Recompute every link of the chain; says what is wrong and exits 1, or how much holds."""
    import django

    django.setup()
    from dudao.journal.models import Seal
    from dudao.journal.services import faults, seal

    while seal():
        pass
    wrong = list(faults())
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)
    last = Seal.objects.order_by("-seq").first()
    click.echo(f"the journal holds: {last.seq if last else 0} events, last hash {last.hash if last else '-'}")


@journal.command()
@click.argument("file", type=click.File("w", encoding="utf-8"))
def export(file: TextIO) -> None:
    """Write all sealed events as JSON lines to FILE ("-" for standard output), for an independent check."""
    import django

    django.setup()
    from dudao.journal.models import Seal
    from dudao.journal.services import as_row

    for link in Seal.objects.select_related("event").order_by("seq").iterator():
        row = as_row(link.event) | {"seq": link.seq, "previous": link.previous, "hash": link.hash}
        file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
