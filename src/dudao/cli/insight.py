"""`dudao insight`: the roll-ups that dashboards read."""

import click


@click.group()
def insight() -> None:
    """The roll-ups that dashboards read."""


@insight.command()
def rebuild() -> None:
    """Forget the roll-ups and count the whole journal again."""
    import django

    django.setup()
    from dudao.insight.followers import rebuild as again
    from dudao.journal import followers, services

    while services.seal():
        pass
    again()
    while followers.run():
        pass
    click.echo("roll-ups rebuilt from the journal")
