"""`dudao populate`: the sample city, or a population of any size."""

import click


@click.command(short_help="Write the sample city, or a large population, into an empty database.")
@click.option(
    "--seed", default=2026, show_default=True, help="The same seed gives the same places and history."
)
@click.option(
    "--scale",
    type=click.Choice(["county", "city", "province", "nation"]),
    help="Instead of the sample city: Tianyuan, Zhuzhou, Hunan or all counties, in bulk.",
)
@click.option(
    "--years", type=click.FloatRange(0.1, 10), default=3, show_default=True, help="Of history, with --scale."
)
def populate(seed: int, scale: str | None, years: float) -> None:
    """Write the sample city (Zhuzhou: nine counties, about 60 schools, months of history) into an empty database, made ready first.

    With --scale a population of that size, for trials and measurements: made-up schools and people, years of visits and
    problems with their whole life and every event in the journal, but no photos, papers or messages. A province of three
    years takes some ten minutes, the nation hours and a large disk.
    """
    import django

    django.setup()
    from dudao.cli.preparing import prepare
    from dudao.sample.masses.populating import populate as write_masses
    from dudao.sample.populate import populate as write_city

    prepare(say=click.echo)
    if scale is None:
        write_city(seed=seed, say=click.echo)
    else:
        write_masses(scale=scale, years=years, seed=seed, say=click.echo)
