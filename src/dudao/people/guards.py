"""The wrong kind of actor is turned away before anything is read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from dudao.kernel.errors import Forbidden
from dudao.people.models import User

View = Callable[..., HttpResponse]


def requires(*capabilities: str) -> Callable[[View], View]:
    """The view is for those with any of `capabilities`, somewhere; others get 403. Rows are scoped by the query."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not any(user.can(capability) for capability in capabilities):
                raise Forbidden
            return view(request, *args, **kwargs)

        return guarded

    return decorate
