"""The PIN over a phone's store (rule `field.pin`): the copy of the key with which a forgotten PIN is got over.

The copy is wrapped by a key that never leaves the phone, so it opens nothing here; what it would open lies on the phone alone.
It is given out only to the person whose phone it is, and only right after signing in. See docs/decisions/012.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, NotFound
from dudao.people.devices import DeviceRevoked
from dudao.people.models import Device, User

FRESH = timedelta(minutes=10)
_SINCE = "signed_in_at"


class SignInAnew(DudaoError):
    """Signed in, but not just now: whoever holds the phone may not be the person."""

    code, status = "sign-in-anew", 403


def note_sign_in(request: HttpRequest) -> None:
    """Remember when this session was begun with a password."""
    request.session[_SINCE] = clock.now().timestamp()


def _require_fresh(request: HttpRequest) -> None:
    since: Any = request.session.get(_SINCE, 0)
    if clock.now().timestamp() - since > FRESH.total_seconds():
        raise SignInAnew(_("请重新登录后再设置口令。已保存的内容不会丢失。"))


@transaction.atomic
def keep(user: User, *, device_id: UUID, key: str) -> None:
    """Keep the wrapped key of this phone; the one before opens nothing any more. Raises NotFound for another's phone."""
    device = _own(user, device_id)
    Device.objects.filter(pk=device.pk).update(pin_key=key)
    journal.record("device.pin", by=user, obj=user, label=f"{user}：{device.name}")


@transaction.atomic
def give(request: HttpRequest, user: User, *, device_id: UUID) -> str:
    """The wrapped key, for a PIN that was forgotten. Raises SignInAnew where the person signed in longer ago."""
    device = _own(user, device_id)
    _require_fresh(request)
    if not device.pin_key:
        raise NotFound(_("系统中没有这台手机的口令备份。"))
    journal.record("device.pin_forgotten", by=user, obj=user, label=f"{user}：{device.name}")
    return device.pin_key


def _own(user: User, device_id: UUID) -> Device:
    device = Device.objects.filter(pk=device_id, user=user).first()
    if device is None:
        raise NotFound(_("这台手机上次由别人登录。请由本人登录，或联系督导室。"))
    if device.revoked_at is not None:
        raise DeviceRevoked(_("这台手机已被停用，请联系督导室。"))
    return device
