"""Run in the server's own environment: one county, one school, and people who sign in with a password."""

import django

django.setup()

from dudao.cli.preparing import prepare  # noqa: E402
from dudao.people.models import User  # noqa: E402
from tests import factories  # noqa: E402

PASSWORD = "correct horse battery"

if __name__ == "__main__":
    prepare(say=lambda text: None)
    at = factories.place()
    names = {
        "inspector": at.inspector, "school": at.head, "county": at.officer, "city": at.city_officer,
        "auditor": at.auditor, "admin": at.administrator,
    }  # fmt: skip
    for name, person in names.items():
        User.objects.filter(pk=person.pk).update(username=name)
