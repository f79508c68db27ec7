"""The wrong kind of actor is turned away before anything is read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dudao.kernel.errors import Forbidden
from dudao.people.models import User

Answer = TypeVar("Answer", bound=HttpResponseBase)


def requires(*capabilities: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """The view is for those with any of `capabilities`, somewhere; others get 403. Rows are scoped by the query."""

    def decorate(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
            user = request.user
            if not isinstance(user, User) or not any(user.can(capability) for capability in capabilities):
                raise Forbidden
            return view(request, *args, **kwargs)

        return guarded

    return decorate
