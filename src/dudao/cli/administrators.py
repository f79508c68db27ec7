"""`dudao administrators`: the first three accounts of a deployment."""

import click


@click.command()
@click.argument("region")
def administrators(region: str) -> None:
    """Make the three administrators of a new deployment and say their one-time passwords.

    REGION is the code of the city or county it is for, for example 430211 (tables: src/dudao/places/seed/regions.csv).
    The system administrator keeps accounts and jobs, the security administrator gives rights, the audit administrator
    reads the journal; each is a person of their own. Who is there already is left as is.
    """
    import django

    django.setup()
    from django.db import transaction

    from dudao.journal import services as journal
    from dudao.kernel import clock
    from dudao.people.accounts import one_time_password
    from dudao.people.models import Grant, User
    from dudao.people.roles import Role
    from dudao.places.models import Region

    place = Region.objects.filter(code=region).first()
    if place is None:
        raise click.ClickException(
            f"there is no region {region}; run `dudao setup` first, and give a six-digit code"
        )
    for role, username in (
        (Role.ADMINISTRATOR, "sysadmin"), (Role.SECURITY, "secadmin"), (Role.AUDIT, "auditadmin"),
    ):  # fmt: skip
        if Grant.objects.in_force(clock.today()).filter(role=role).exists():
            click.echo(f"{role.label}: is there already")
            continue
        with transaction.atomic():
            user = User.objects.create_user(username, None, name=str(role.label))
            grant = Grant.objects.create(user=user, role=role, region=place)
            journal.record("grant.give", by=None, obj=grant, label=str(user), region=place.path)
            password = one_time_password(user, by=None)
        click.echo(f"{role.label}: {username}  {password}")
    click.echo("Each password is good for one sign-in and must be changed then.")
