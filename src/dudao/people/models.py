"""People, what they may do where and when, who is responsible for which school, and their phones."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.kernel.pinyin import InitialsField
from dudao.people.roles import RIGHTS, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person's account (账号). Rights come from grants alone."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    initials = InitialsField(of="name")
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    certificate_no = models.CharField(_("督学证号"), max_length=40, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_password_temporary = models.BooleanField(default=False)
    has_put_steps_away = models.BooleanField(default=False)  # the first steps on the workbench
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        indexes = [models.Index(fields=["name"], name="user_by_name")]

    def __str__(self) -> str:
        return self.name

    def grants_with(self, capability: str | None = None) -> list["Grant"]:
        """Grants in force today that carry `capability` (any, if None); read once a request."""
        if not hasattr(self, "_grants"):
            rows = Grant.objects.in_force(clock.today()).filter(user=self)
            self._grants = list(rows.select_related("region", "unit__region").order_by("pk"))
        return [grant for grant in self._grants if capability is None or capability in RIGHTS[grant.role]]

    def can(self, capability: str) -> bool:
        return self.is_active and bool(self.grants_with(capability))

    @property
    def workplace(self) -> str:
        """The office or school this person acts for, as a paper names it; nothing for who acts everywhere."""
        grant = next((one for one in self.grants_with() if one.unit or one.region), None)
        if grant is None:
            return ""
        if grant.unit is not None:
            return grant.unit.name
        assert grant.region is not None
        return grant.region.office or grant.region.name

    def has_role(self, role: str) -> bool:
        return any(grant.role == role for grant in self.grants_with())


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, on: date) -> "GrantQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Grant(models.Model):
    """A right (授权): a role over one scope between two dates. The scope is a region with all below it, a unit, or
    the units assigned to the person. A right lent for an absence (代理) names the one it was lent from."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    region = models.ForeignKey("places.Region", null=True, blank=True, on_delete=models.PROTECT)
    unit = models.ForeignKey("places.Unit", null=True, blank=True, on_delete=models.PROTECT)
    assigned = models.BooleanField(_("限本人责任学校"), default=False)
    starts_on = models.DateField(_("起"), default=clock.today)
    ends_on = models.DateField(_("止"), null=True, blank=True)
    given_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="grants_given", editable=False
    )
    lent_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="loans", editable=False
    )
    reviewed_on = models.DateField(_("上次复核"), null=True, editable=False)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_lent_ends",
                condition=Q(lent_from__isnull=True) | Q(ends_on__isnull=False, assigned=False),
            ),
            models.CheckConstraint(
                name="grant_has_one_scope",
                condition=Q(region__isnull=False, unit__isnull=True, assigned=False)
                | Q(region__isnull=True, unit__isnull=False, assigned=False)
                | Q(region__isnull=True, unit__isnull=True, assigned=True),
            ),
            models.CheckConstraint(
                name="grant_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, on: date) -> "AssignmentQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Assignment(models.Model):
    """A responsible inspector's school (责任学校) between two dates."""

    inspector = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField(_("起"), default=clock.today)
    ends_on = models.DateField(_("止"), null=True, blank=True)

    objects: ClassVar[models.Manager["Assignment"]] = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(fields=["inspector", "unit", "starts_on"], name="assignment_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} → {self.unit_id}"


class Device(models.Model):
    """A phone a person has signed in on. A revoked device is turned away at the door."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(_("设备"), max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    renewed_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    app = models.CharField(
        _("应用版本"), max_length=40, blank=True
    )  # this and the next as the phone last told
    waiting = models.PositiveIntegerField(_("待上报"), default=0)
    pin_key = models.CharField(  # wrapped by a key of the phone: people/phone_pins.py
        max_length=200, blank=True, default="", db_default="", editable=False
    )

    def __str__(self) -> str:
        return f"{self.name} ({self.user_id})"


class DeviceKeyQuerySet(models.QuerySet["DeviceKey"]):
    def live(self) -> Self:
        return self.filter(replaced_at=None, revoked_at=None)


class DeviceKey(models.Model):
    """The public half of a phone's key (设备密钥), named by the SHA-256 of its bytes. Kept for ever: it reads old signatures."""

    id = models.CharField(primary_key=True, max_length=64)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="keys")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="device_keys")  # who was signed in
    spki = models.BinaryField()  # DER, as the browser exports it
    created_at = models.DateTimeField(default=clock.now, editable=False)
    replaced_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["DeviceKey"]] = DeviceKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"], name="device_key_one_live", condition=Q(replaced_at=None, revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.pk[:12]

    @property
    def is_live(self) -> bool:
        return self.replaced_at is None and self.revoked_at is None
