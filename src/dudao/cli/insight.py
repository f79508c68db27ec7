"""`dudao insight`: the roll-ups that dashboards read."""

import click


@click.group()
def insight() -> None:
    """The roll-ups that dashboards read."""


@insight.command()
def rebuild() -> None:
    """Count every unit again from the ledgers."""
    import django

    django.setup()
    from dudao.insight.followers import rebuild as again

    click.echo(f"roll-ups counted again: {again()} units")


@insight.command()
def check() -> None:
    """Compare the roll-ups with the ledgers, as every night; what differs is mended and journalled."""
    import django

    django.setup()
    from dudao.insight.followers import check as compare

    wrong = compare()
    for unit in wrong:
        click.echo(f"differed and was counted again: {unit}")
    click.echo("roll-ups agree with the ledgers" if not wrong else f"{len(wrong)} units differed")
    if wrong:
        raise SystemExit(1)
