"""The one catalogue of errors: a code, an HTTP status, and a message that says what to do.

A code is never reused. `details` name what a program needs; `message` is for the person.
"""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DudaoError(Exception):
    """What went wrong, in words a user can act on. Subclasses fix code and status."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: Any, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self.message), "details": self.details}


class Forbidden(DudaoError):
    """Inside the scope, without the right."""

    code, status = "forbidden", 403

    def __init__(self, message: Any = None, **details: Any) -> None:
        super().__init__(message or _("您没有执行此操作的权限。"), **details)


class NotFound(DudaoError):
    """Outside the scope, or not there: the two look the same on purpose."""

    code, status = "not-found", 404


class StaleState(DudaoError):
    """Someone was faster; the page shows an older state."""

    code, status = "stale-state", 409


class Invalid(DudaoError):
    """The input cannot be used as it is; `details` may name the field."""

    code, status = "invalid", 422


class NotReady(DudaoError):
    """A step is refused until what `details["missing"]` lists is done."""

    code, status = "not-ready", 422
