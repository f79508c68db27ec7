"""`dudao restore`: an empty machine becomes the one that was backed up."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Bring back what `dudao backup` wrote to FILE, into an empty DUDAO_HOME and an empty database.

    Every file is checked by its hash before anything is put in its place; then the journal is verified.
    """
    import django

    django.setup()
    from dudao.cli import archive
    from dudao.cli.journal import verify
    from dudao.cli.preparing import prepare
    from dudao.settings.files import HOME

    manifest = archive.read(file, HOME)
    click.echo(f"{len(manifest['files']) - 1} files and the database of {manifest['made_at']}: restored")
    prepare(say=click.echo)
    ctx.invoke(verify)
