"""Phones: signing one in, renewing its token, finding whose token it is."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden
from dudao.kernel.text import clean
from dudao.people import device_keys, tokens
from dudao.people.models import Device, User

SIGN_IN_AGAIN = _("请重新登录。已保存的内容不会丢失。")


class DeviceRevoked(DudaoError):
    code, status = "device-revoked", 401


class SignedInPhone(NamedTuple):
    """What a phone is told. `key` names the key it may sign with; "" where it has none that counts."""

    token: str
    expires_at: datetime
    key: str


@transaction.atomic
def sign_in(
    user: User, *, device_id: UUID, name: str, public_key: str = "", app: str = "", waiting: int = 0
) -> SignedInPhone:
    """A token for this phone, which says what edition it runs and how much waits on it. A phone handed to another person becomes theirs; a revoked one stays out."""
    device, made = Device.objects.get_or_create(id=device_id, defaults={"user": user, "name": clean(name)})
    if device.revoked_at is not None:
        raise DeviceRevoked(_("这台手机已被停用，请联系督导室。"))
    if made or device.user_id != user.pk:
        journal.record("device.sign_in", by=user, obj=device, label=clean(name))
    Device.objects.filter(pk=device_id).update(
        user=user, name=clean(name), renewed_at=clock.now(), app=clean(app), waiting=waiting
    )
    key = device_keys.register(device, public_key, by=user) if public_key else ""
    return SignedInPhone(*tokens.issue(user=user.pk, device=str(device_id), now=clock.now()), key)


def owner(header: str) -> User:
    """The active person behind an `Authorization` header. Raises an error with status 401."""
    claims = tokens.read(header, now=clock.now())
    device = Device.objects.select_related("user").filter(pk=claims.device, user_id=claims.user).first()
    if device is None or not device.user.is_active:
        raise tokens.TokenInvalid(SIGN_IN_AGAIN)
    if device.revoked_at is not None:
        raise DeviceRevoked(_("这台手机已被停用，请联系督导室。"))
    return device.user


@transaction.atomic
def revoke_own(device: Device, *, by: User) -> None:
    """A person turns away a phone of their own that was lost. Raises Forbidden for another's; only an office lets it in again."""
    if device.user_id != by.pk:
        raise Forbidden
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=clock.now()):
        device_keys.end_all(Q(pk=device.pk))
        journal.record("device.revoke", by=by, obj=by, label=f"{by}：{device.name}")
