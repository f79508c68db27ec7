"""Opening accounts, one-time passwords, leavers, and their phones."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from axes.utils import reset as unlock
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.pinyin import initials
from dudao.kernel.text import clean
from dudao.people import device_keys, grants
from dudao.people.authority import Authority, Scope, Span, live_grants
from dudao.people.models import Device, User
from dudao.people.roles import EVERYWHERE, Role

FACTS = ("name", "phone", "title", "certificate_no")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
_LENGTH = 12
_ROUNDS = 1000  # enough for 59 random bits that are used once; a thousand accounts must not take a minute


class Wanted(NamedTuple):
    """The right an account begins with."""

    role: Role
    scope: Scope
    span: Span


@transaction.atomic
def open_account(username: str, *, first: Wanted | None, by: User, **facts: str) -> User:
    """A new account, without a password yet. An office opens it with a first right of its own area.

    Raises Forbidden, or Invalid for a name that is taken.
    """
    _may(by)
    if first is None and not _is_everywhere(by):
        raise Invalid(_("请同时授予一个角色。"), field="role")
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(_("账号“%(name)s”已被使用，请换一个。") % {"name": username}, field="username")
    user = User(
        username=username, is_password_temporary=True, **{key: clean(facts.get(key, "")) for key in FACTS}
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    region = first.scope.path if first else ""
    journal.record("account.open", by=by, obj=user, label=f"{user}（{username}）", region=region)
    if first is not None:
        grants.give(user, first.role, first.scope, span=first.span, by=by)
    return user


@transaction.atomic
def change_account(user: User, *, by: User, **facts: str) -> None:
    """Correct what is known of a person. Raises Forbidden, or StaleState if somebody was faster."""
    _keep(user, by)
    before = {key: getattr(user, key) for key in facts}
    after = {key: clean(value) for key, value in facts.items()}
    changed = {key for key in after if after[key] != before[key]}
    if not changed:
        return
    seen = User.objects.filter(pk=user.pk, **{key: before[key] for key in changed})
    derived = {"initials": initials(after["name"])} if "name" in changed else {}
    if not seen.update(**{key: after[key] for key in changed}, **derived):
        raise StaleState(_("这个账号的状态已变化，请刷新页面。"))
    journal.record(
        "account.change", by=by, obj=user, region=_region(user),
        before={key: before[key] for key in sorted(changed)}, after={key: after[key] for key in sorted(changed)},
    )  # fmt: skip


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A one-time password, to be told to the person; it must be changed at the first sign-in. Sessions end."""
    _keep(user, by)
    if not user.is_active:
        raise Invalid(_("该账号已停用，请先启用。"))
    return one_time_password(user, by=by)


@transaction.atomic
def switch_off(user: User, *, by: User) -> None:
    """A person leaves: sessions and phones end now, all rights today, and no password fits any more."""
    _keep(user, by)
    region = _region(user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise StaleState(_("这个账号的状态已变化，请刷新页面。"))
    user.refresh_from_db()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    grants.end_all(live_grants(user), by=by)
    Device.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
    device_keys.end_all(Q(user=user))
    journal.record("account.off", by=by, obj=user, region=region)


@transaction.atomic
def switch_on(user: User, *, by: User) -> str:
    """A person comes back, with a one-time password; rights and phones are given anew."""
    _keep(user, by)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise StaleState(_("这个账号的状态已变化，请刷新页面。"))
    user.refresh_from_db()
    return one_time_password(user, by=by, kind="account.on")


@transaction.atomic
def revoke_device(device: Device, *, is_allowed: bool, by: User) -> None:
    """Turn a phone away at the door, or let it in again."""
    _keep(device.user, by)
    revoked_at = None if is_allowed else clock.now()
    Device.objects.filter(pk=device.pk).update(revoked_at=revoked_at)
    if not is_allowed:
        device_keys.end_all(Q(pk=device.pk))
    kind = "device.allow" if is_allowed else "device.revoke"
    journal.record(
        kind, by=by, obj=device.user, label=f"{device.user}：{device.name}", region=_region(device.user)
    )


class Handed(NamedTuple):
    """An initial password, as it is handed out."""

    user: User
    password: str


@transaction.atomic
def hand_out(users: Iterable[User], *, by: User) -> list[Handed]:
    """Initial passwords for those who have never had one. Asked twice, the second answer is empty: once means once."""
    _may(by)
    authority = Authority(by)
    handed: list[Handed] = []
    for user in users:
        if (
            user.has_usable_password()
            or not user.is_active
            or user.last_login
            or not authority.may_keep(user)
        ):
            continue
        password, seen = _random(), user.password
        _store(user, password)
        if User.objects.filter(pk=user.pk, password=seen).update(
            password=user.password, is_password_temporary=True
        ):
            handed.append(Handed(user, password))
    journal.record_many("account.hand_out", _told(handed), by=by)
    return handed


def one_time_password(user: User, *, by: User | None, kind: str = "account.reset") -> str:
    """A new one-time password, in the caller's transaction; rights were checked. `by` is None at the command line."""
    password = _random()
    _store(user, password)
    user.is_password_temporary = True
    user.save(update_fields=["password", "is_password_temporary"])
    unlock(username=user.username)
    journal.record(kind, by=by, obj=user, region=_region(user))
    return password


def choose_password(user: User, password: str) -> None:
    """The person's own password, in the caller's transaction."""
    user.set_password(password)
    user.is_password_temporary = False
    user.save(update_fields=["password", "is_password_temporary"])
    journal.record("account.password", by=user, obj=user)


@transaction.atomic
def put_steps_away(user: User) -> None:
    """The person no longer wants the first steps on the workbench."""
    if User.objects.filter(pk=user.pk, has_put_steps_away=False).update(has_put_steps_away=True):
        journal.record("account.steps_away", by=user, obj=user, region=_region(user))


def _told(handed: Sequence[Handed]) -> list[Happening]:
    return [Happening(one.user, str(one.user), _region(one.user)) for one in handed]


def _random() -> str:
    return "".join(secrets.choice(_LETTERS) for _at in range(_LENGTH))


def _store(user: User, password: str) -> None:
    """Signing in once renews it with the full number of rounds."""
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(password, hasher.salt(), iterations=_ROUNDS)


def _may(by: User) -> None:
    if not by.can("account.manage"):
        raise Forbidden


def _keep(user: User, by: User) -> None:
    if not Authority(by).may_keep(user):
        raise Forbidden(_("该账号的权限超出您的管辖范围，请由其上级机构或管理员处理。"))


def _is_everywhere(by: User) -> bool:
    return any("account.manage" in EVERYWHERE.get(grant.role, ()) for grant in by.grants_with())


def _region(user: User) -> str:
    """Where an account belongs, for the journal: the place of its first right."""
    paths: list[Any] = [Scope.of(grant).path for grant in live_grants(user)]
    return next((path for path in paths if path), "")
