"""The request of a view behind sign-in, for the type checker: `user` is a person, `htmx` is there."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from dudao.people.models import User


class SignedIn(HttpRequest):
    """What LoginRequiredMiddleware and HtmxMiddleware make of a request."""

    user: User
    htmx: HtmxDetails
