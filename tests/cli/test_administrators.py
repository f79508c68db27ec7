"""A new deployment's first three accounts, made at the command line and never twice."""

import re

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from dudao.cli.administrators import administrators
from dudao.people.models import Grant, User
from dudao.people.roles import Role
from tests import factories


@pytest.fixture
def made(db: None) -> tuple[str, str]:
    """The region's code and what the command said."""
    county = factories.region(parent=factories.region())
    done = CliRunner().invoke(administrators, [county.code])
    assert done.exit_code == 0, done.output
    return county.code, done.output


def test_three_people_get_a_role_each_and_a_password_for_one_sign_in(made, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    roles = {Role.ADMINISTRATOR, Role.SECURITY, Role.AUDIT}
    assert set(Grant.objects.values_list("role", flat=True)) == roles
    name, password = re.search(r"(secadmin)\s+(\S+)", made[1]).groups()
    client = Client()
    answer = client.post(reverse("people:sign-in"), {"username": name, "password": password})
    assert answer["Location"] == reverse("people:first-password"), "first one chooses one's own"
    assert client.get(reverse("people:accounts")).status_code == 302, "until then nothing is open"


def test_asked_again_nothing_changes(made) -> None:
    before = dict(User.objects.values_list("username", "password"))
    again = CliRunner().invoke(administrators, [made[0]])
    assert again.output.count("is there already") == 3
    assert dict(User.objects.values_list("username", "password")) == before


def test_a_region_that_does_not_exist_is_named(db) -> None:
    done = CliRunner().invoke(administrators, ["999999"])
    assert done.exit_code == 1
    assert "there is no region 999999" in done.output
