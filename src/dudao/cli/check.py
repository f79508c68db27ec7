"""`dudao check`: is this deployment sound?"""

import click


@click.command()
@click.option("--deploy", is_flag=True, help="Also name what is unsafe for a public server.")
def check(deploy: bool) -> None:
    """Check settings, database and the store of evidence; names what is unsafe and exits 1."""
    import django
    from django.core.management import call_command

    django.setup()
    from dudao.cli.soundness import unsafe, unusable

    call_command("check", deploy=False)
    wrong = unsafe() if deploy else []
    wrong += unusable()
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)
    click.echo("nothing unsafe found" if deploy else "sound")
