"""`dudao setup`: everything a new or updated deployment needs, safe to repeat."""

import click


@click.command()
def setup() -> None:
    """Prepare the database: migrations, rules, work calendar, instruments, translations. Safe to repeat."""
    import django

    django.setup()
    from dudao.cli.preparing import prepare

    prepare(say=click.echo)
