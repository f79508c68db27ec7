"""Robots of an office's chat groups: given, tried, changed, switched off."""

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.kernel.ids import uuid7
from dudao.kernel.text import clean
from dudao.notify.channels import GROUPS
from dudao.notify.models import Channel, Delivery, Robot
from dudao.notify.sealing import sealed
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region


@transaction.atomic
def add(region: Region, *, channel: str, name: str, address: str, by: User) -> Robot:
    """Give an office's group robot. Raises Invalid if the address is not one of that application."""
    if not Reach(by, "region.manage").covers(region):
        raise Forbidden
    address = address.strip()
    if not GROUPS[Channel(channel)].address.fullmatch(address):
        raise Invalid(
            _("这不是该应用的机器人地址。请在群里添加自定义机器人后，完整复制它的 Webhook 地址。"),
            field="address",
        )
    robot = Robot.objects.create(
        region=region, channel=channel, name=clean(name), address=sealed(address), set_by=by
    )
    _told("robot.add", robot, by)
    return robot


@transaction.atomic
def switch(robot: Robot, *, on: bool, by: User) -> None:
    if not Reach(by, "region.manage").covers(robot.region):
        raise Forbidden
    if Robot.objects.filter(pk=robot.pk, is_on=not on).update(is_on=on):
        _told("robot.on" if on else "robot.off", robot, by)


@transaction.atomic
def remove(robot: Robot, *, by: User) -> None:
    """Forget its address for good; what it has said stays on record."""
    if not Reach(by, "region.manage").covers(robot.region):
        raise Forbidden
    if Robot.objects.filter(pk=robot.pk).exclude(address="").update(address="", is_on=False):
        _told("robot.remove", robot, by)


@transaction.atomic
def try_out(robot: Robot, *, by: User) -> Delivery:
    """Have it say one line."""
    if not Reach(by, "region.manage").covers(robot.region):
        raise Forbidden
    _told("robot.try", robot, by)
    return Delivery.objects.create(
        channel=robot.channel,
        robot=robot,
        key=f"try:{uuid7()}",
        title=_("督导：测试"),
        body=_("督导：这是一条测试消息，%(name)s可以收到提醒。") % {"name": robot.name},
        is_urgent=True,
        created_at=clock.now(),
    )


def _told(kind: str, robot: Robot, by: User) -> None:
    after = {"channel": robot.channel, "name": robot.name}
    journal.record(kind, by=by, obj=robot, label=robot.name, region=robot.region.path, after=after)
