"""`dudao populate`: the sample city."""

import click


@click.command()
@click.option(
    "--seed", default=2026, show_default=True, help="The same seed gives the same city and history."
)
def populate(seed: int) -> None:
    """Write the sample city (Zhuzhou: nine counties, about 60 schools, months of history) into an empty database."""
    import django

    django.setup()
    from dudao.sample.populate import populate

    populate(seed=seed, say=click.echo)
