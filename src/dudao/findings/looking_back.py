"""The second look at what was struck off (回头看): drawn each half-year in the open, kept or rebounded; domain §8.7."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from math import ceil
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.findings.asking import Kept, keep_proofs
from dudao.findings.audience import Audience
from dudao.findings.handling import may_verify
from dudao.findings.models import Draw, Finding, LookBack, LookBackResult
from dudao.findings.moving import Seen, swap, tell
from dudao.findings.services import anew, notified
from dudao.findings.states import Severity, State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region
from dudao.rules.deadlines import time_to_rectify
from dudao.rules.queries import in_force, last_day, limit


class Half(NamedTuple):
    """A half-year: January to June, or July to December."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-H{self.number}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first moment to the first of the next."""
        first = date(self.year, 1 if self.number == 1 else 7, 1)
        after = date(self.year, 7, 1) if self.number == 1 else date(self.year + 1, 1, 1)
        at = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (first, after))
        return next(at), next(at)

    @property
    def before(self) -> "Half":
        return Half(self.year, 1) if self.number == 2 else Half(self.year - 1, 2)


def last_half() -> Half:
    """The half-year that ended last: of one that runs nobody knows yet what will be struck off."""
    today = clock.today()
    return Half(today.year, 1 if today.month <= 6 else 2).before


def pick(numbers: Sequence[str], *, share: int, seed: str) -> list[str]:
    """`share` percent of the numbers, at least, by the order of SHA-256 over "seed:number": anyone can do it again."""
    count = ceil(len(numbers) * share / 100)
    ranked = sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())
    return ranked[:count]


def struck_off_in(region: Region, half: Half) -> QuerySet[Finding]:
    """What could be looked at again: struck off in that half-year, in the region and all below it."""
    first, after = half.span
    return Finding.objects.filter(
        unit__region__path__startswith=region.path, state=State.STRUCK_OFF,
        struck_off_at__gte=first, struck_off_at__lt=after,
    ).order_by("number")  # fmt: skip


def struck_off_by_region(regions: Sequence[Region], half: Half) -> Counter[str]:
    """Path of a region → how many could be looked at again there and below; asked once for all."""
    first, after = half.span
    rows = Finding.objects.filter(state=State.STRUCK_OFF, struck_off_at__gte=first, struck_off_at__lt=after)
    inside = rows.filter(unit__region__in=[one.pk for one in regions]).order_by()
    counts: Counter[str] = Counter()
    for path, n in inside.values_list("unit__region__path").annotate(n=Count("pk")):
        parts = path.rstrip("/").split("/")
        counts.update({"/".join(parts[:end]) + "/": n for end in range(1, len(parts) + 1)})
    return counts


@transaction.atomic
def draw(region: Region, *, by: User, half: Half, seed: str = "") -> Draw:
    """Draw a half-year's look-backs: all of the weights that rule `finding.lookback.all` names, a share of the rest.

    Raises Invalid where nothing was struck off, StaleState where it was drawn already.
    """
    if region not in Reach(by, "finding.sign_off").regions:
        raise Forbidden
    if half.span[1] > clock.now():
        raise Invalid(_("这个半年还没有结束，结束后再抽取。"))
    on = clock.today()
    grave = in_force("finding.lookback.all", region=region, on=on)
    share = int(in_force("finding.lookback.share", region=region, on=on))
    found = list(struck_off_in(region, half).select_related("unit__region", "inspector", "in_charge"))
    if not found:
        raise Invalid(_("这个半年没有销号的问题，不需要抽取。"))
    always = [one.number for one in found if one.severity in grave]
    rest = [one.number for one in found if one.severity not in grave]
    seed = clean(seed) or secrets.token_hex(8)
    drawn = {*always, *pick(rest, share=share, seed=seed)}
    made = _keep(
        Draw(
            region=region,
            half=str(half),
            seed=seed[:64],
            population=rest,
            always=always,
            share=share,
            drawn_by=by,
            drawn_at=clock.now(),
        )
    )
    _send_out(made, [one for one in found if one.number in drawn], always)
    digest = hashlib.sha256("\n".join(rest).encode()).hexdigest()
    journal.record(
        "look_back.draw", by=by, obj=made, label=f"{region.name} {half}", region=region.path,
        after={"seed": made.seed, "share": share, "population": len(rest), "population_sha256": digest,
               "always": len(always), "drawn": sorted(drawn)},
    )  # fmt: skip
    return made


def _keep(made: Draw) -> Draw:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise StaleState(_("这个半年已经抽取过了。")) from None
    return made


def _send_out(made: Draw, found: list[Finding], always: list[str]) -> None:
    within = limit("finding.lookback.within", region=made.region, on=clock.today())
    due_on = last_day(clock.today(), within)
    around, grave = Audience(found), set(always)
    LookBack.objects.bulk_create(
        LookBack(
            draw=made, finding=one, due_on=due_on, is_always=one.number in grave,
            goes=next(iter(around.verifiers(one)), None),
        )
        for one in found
    )  # fmt: skip


@transaction.atomic
def look(back: LookBack, *, by: User, seen: Seen, result: str, facts: str, kept: Kept) -> Finding:
    """Somebody went and looked: it was kept, or it rebounded, which opens the problem again with all its history, one
    round on and weightier by rule `finding.lookback.raise`."""
    facts = clean(facts)
    if not LookBack.objects.visible_to(by).filter(pk=back.pk).exists():
        raise Forbidden
    if not facts:
        raise Invalid(_("请写明回访看到的情况。"), field="facts")
    if result == LookBackResult.REBOUND and not kept.photos:
        raise Invalid(_("问题反弹的，请上传现场照片。"), field="photos")
    rows = LookBack.objects.filter(pk=back.pk, result="")
    if not rows.update(result=result, facts=facts, done_by=by, done_at=clock.now()):
        raise StaleState(_("这次回头看已经有结果了，请刷新后再看。"))
    finding = back.finding
    keep_proofs(finding, kept, look_back=back)
    if result == LookBackResult.KEPT:
        tell(
            finding, "finding.look_back", by=by, note=facts, after={"state": finding.state, "result": result}
        )
        return finding
    return _reopen(finding, by=by, seen=seen, facts=facts)


def _reopen(finding: Finding, *, by: User, seen: Seen, facts: str) -> Finding:
    region, today = finding.unit.region, clock.today()
    levels = list(Severity)
    rise = int(in_force("finding.lookback.raise", region=region, on=today))
    severity = levels[min(levels.index(Severity(finding.severity)) + rise, len(levels) - 1)]
    within = time_to_rectify(severity, finding.category, region=region, on=today)
    was, finding.severity = finding.severity, severity  # the new weight's limits hold
    if seen.state != State.STRUCK_OFF or seen.round != finding.round:
        raise StaleState(_("问题状态已变化，请刷新后再试。"))
    again = anew() | notified(finding) | {"round": finding.round + 1, "rebounds": finding.rebounds + 1}
    return swap(  # the right is the look-back's: whoever was sent may open it again
        finding, "reopen", State.STRUCK_OFF, State.NOTIFIED, by=by, note=facts, severity=severity, days=within.days,
        day_unit=within.unit, struck_off_at=None, told={"severity": [was, severity]}, **again,
    )  # fmt: skip


@transaction.atomic
def send_another(back: LookBack, *, by: User, to: User) -> None:
    """The office sends somebody else on a look-back that is still to be made."""
    finding = back.finding
    if not Finding.objects.visible_to(by, "finding.sign_off").filter(pk=finding.pk).exists():
        raise Forbidden
    if to not in may_verify(finding.unit):
        raise Invalid(_("请选择负责该地区的督学或督导室人员。"), field="to")
    if not LookBack.objects.filter(pk=back.pk, result="", goes=back.goes).update(goes=to, reminded_on=None):
        raise StaleState(_("这次回头看已经有结果或已改派，请刷新后再看。"))
    back.refresh_from_db()
    journal.record(
        "look_back.send", by=by, obj=back, label=finding.number, region=finding.unit.region.path, unit=finding.unit_id,
        after={"to": to.pk, "name": to.name},
    )  # fmt: skip
