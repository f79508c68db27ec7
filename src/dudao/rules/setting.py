"""An office sets the values of its own level. History is never edited: a new value ends the one before."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.access import may_set
from dudao.rules.deadlines import ProblemKind, kind_of_problem, rule_label
from dudao.rules.kinds import FEWEST, kind_of, said
from dudao.rules.models import Mark, Rule, WordKind
from dudao.rules.queries import labels

ONE_DAY = timedelta(days=1)


def base_of(key: str) -> Rule:
    """The row a rule began with; the journal tells of it whatever level is meant. The time to rectify of a kind of problem
    began with that of its severity. Raises Rule.DoesNotExist."""
    kind = kind_of_problem(key)
    if kind is not None:
        key = ProblemKind(kind.severity).key
    found = Rule.objects.filter(key=key, region__isnull=True).order_by("starts_on").first()
    if found is None:
        raise Rule.DoesNotExist(f"no such rule: {key=}")
    return found


@transaction.atomic
def set_rule(
    key: str,
    region: Region,
    value: Any,
    *,
    starts_on: date,
    source: str,
    mark: Mark,
    by: User,
    source_en: str = "",
) -> Rule:
    """A value for `region` and all below it, from `starts_on` on; the one before it there ends the day before.

    Raises Forbidden for another level, Invalid for a day that has passed or is taken, StaleState if somebody was faster.
    """
    _check(region, by)
    base = base_of(key)
    if kind_of(value) is not kind_of(base.value):
        raise ValueError(f"wrong kind of value for {key}: {value=}")
    if key in FEWEST and 0 < value < FEWEST[key]:
        raise Invalid(
            _("填 0 表示不要求；要求的，至少填 %(fewest)s。") % {"fewest": FEWEST[key]}, field="number"
        )
    if starts_on < clock.today():
        raise Invalid(_("生效日期不能早于今天：已经过去的日子按当时的规定。"), field="starts_on")
    rows = Rule.objects.filter(key=key, region=region)
    if rows.filter(starts_on=starts_on).exists():
        raise Invalid(_("这一天已有一个新值开始生效。请选别的日期，或先撤回那个值。"), field="starts_on")
    before = rows.filter(starts_on__lt=starts_on).order_by("-starts_on").first()
    if before is not None and before.ends_on is not None and before.ends_on < starts_on:
        before = None
    after = rows.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    last = rows.order_by("-version").first()
    made = Rule(
        key=key, region=region, value=value, starts_on=starts_on, name=base.name, name_en=base.name_en,
        source=clean(source), source_en=clean(source_en), mark=mark, follows=before,
        version=last.version + 1 if last else 1, set_by=by, set_at=clock.now(),
    )  # fmt: skip
    if before is not None:
        made.ends_on = before.ends_on
        _end(before, starts_on - ONE_DAY)
    elif after is not None:
        made.ends_on = after.starts_on - ONE_DAY
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise StaleState(_("刚刚有人改动了这条规则，请刷新后再试。")) from None
    if after is not None and after.follows_id == made.follows_id:
        Rule.objects.filter(pk=after.pk).update(follows=made)
    _record("rule.set", made, by=by, before=before)
    return made


@transaction.atomic
def withdraw_rule(rule: Rule, *, by: User) -> None:
    """Take back a value that has not begun; the one it would have ended runs on. Raises StaleState once it holds."""
    region = _level(rule, by)
    if rule.starts_on <= clock.today():
        raise StaleState(_("这个值已经生效，不能撤回。可以从以后的日期起另设一个值。"))
    before = rule.follows
    Rule.objects.filter(follows=rule).update(follows=before)
    if before is not None:
        Rule.objects.filter(pk=before.pk).update(ends_on=rule.ends_on)
    _record("rule.withdraw", rule, by=by, before=rule)
    if not Rule.objects.filter(pk=rule.pk, region=region).delete()[0]:
        raise StaleState(_("刚刚有人改动了这条规则，请刷新后再试。"))


@transaction.atomic
def end_rule(rule: Rule, *, last_on: date, by: User) -> None:
    """From the day after `last_on` the level above holds again. Raises Invalid for a day that has passed."""
    _level(rule, by)
    if last_on < max(clock.today(), rule.starts_on):
        raise Invalid(_("请填写今天或以后的日期。"), field="last_on")
    if Rule.objects.filter(key=rule.key, region=rule.region, starts_on__gt=rule.starts_on).exists():
        raise Invalid(_("后面还有尚未生效的值，请先撤回。"))
    _end(rule, last_on)
    _record("rule.end", rule, by=by, before=rule, after={"ends_on": str(last_on)})


def _check(region: Region, by: User) -> None:
    if not may_set(by, region):
        raise Forbidden(_("只能设定本级的规则。"))


def _level(rule: Rule, by: User) -> Region:
    """The level of a row an office has set; what the product brings along belongs to none."""
    if rule.region is None:
        raise Forbidden(_("只能设定本级的规则。"))
    _check(rule.region, by)
    return rule.region


def _end(rule: Rule, on: date) -> None:
    """Compare and swap: only if it still ends when the person saw it end."""
    if not Rule.objects.filter(pk=rule.pk, ends_on=rule.ends_on).update(ends_on=on):
        raise StaleState(_("刚刚有人改动了这条规则，请刷新后再试。"))


def _in_chinese(rule: Rule, region: Region) -> str:
    """The journal is kept in one language."""
    with override("zh-hans"):
        return f"{rule_label(rule)}（{region.name}）：{said(rule.value, labels(WordKind.SEVERITY))}"


def _record(
    kind: str, rule: Rule, *, by: User, before: Rule | None, after: dict[str, Any] | None = None
) -> None:
    assert rule.region is not None
    told = {
        "value": rule.value,
        "starts_on": str(rule.starts_on),
        "source": rule.source,
        "version": rule.version,
    }
    journal.record(
        kind,
        by=by,
        obj=base_of(rule.key),
        label=_in_chinese(rule, rule.region),
        region=rule.region.path,
        before={"value": before.value, "ends_on": str(before.ends_on or "")} if before else {},
        after={"key": rule.key} | (after if after is not None else told if kind == "rule.set" else {}),
        note=rule.source,
    )
