"""`dudao evidence`: are the stored files still what they were when they came?"""

from datetime import datetime, timedelta

import click


@click.group()
def evidence() -> None:
    """Stored photos, videos, recordings and files."""


@evidence.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only files received from this day on.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many, those not looked at for longest.")
@click.option("--again", is_flag=True, help="Also files looked at within the last day.")
def verify(since: datetime | None, sample: int | None, again: bool) -> None:
    """Hash stored files again; names what is missing or changed and exits 1.

    A run that was broken off goes on where it stopped when it is started again within a day.
    """
    import django

    django.setup()
    from django.utils import timezone

    from dudao.intake import sweeping
    from dudao.intake.models import EvidenceFile
    from dudao.kernel import clock

    before = clock.now() if again else clock.now() - timedelta(days=1)
    first = timezone.make_aware(since) if since else None

    def tell(file: EvidenceFile, fault: str) -> None:
        if fault:
            click.echo(
                f"{fault}: {file.sha256} {file.name} (received {file.received_at:%Y-%m-%d %H:%M})", err=True
            )

    run = sweeping.sweep(sweeping.due(before=before, since=first), tell, most=sample)
    click.echo(f"{run.looked} files hashed again, {run.wrong} missing or changed")
    if run.wrong:
        raise SystemExit(1)
