"""Writing instruments: a draft is begun, saved again and again, and published as an unchangeable version."""

from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dudao.instruments.access import own_levels
from dudao.instruments.definitions import Definition, Section, Words, flaws, gaps
from dudao.instruments.models import Draft, Instrument, Version
from dudao.instruments.services import publish
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, NotReady, StaleState
from dudao.kernel.ids import uuid7
from dudao.people.models import User
from dudao.places.models import Region

OPTIONAL = ("hint", "unit", "entry", "constraint_message", "photos", "group")


def blank(region: Region) -> Definition:
    """A new instrument: one section and nothing in it."""
    section = Section("s1", Words(zh=str(_("第一部分")), en="Part 1"), [])
    return Definition(new_key(region), Words(), [section], group=Words(zh=region.name, en=region.name_en))


def new_key(region: Region) -> str:
    """A name no other instrument bears; people never need to see it."""
    return f"own-{region.code}-{uuid7().hex[-10:]}"


@transaction.atomic
def create(definition: Definition, *, region: Region, by: User, based_on: Version | None = None) -> Draft:
    """Begin a draft of a new instrument with what `definition` says. Raises Forbidden for another level."""
    _check_level(region, by)
    if Instrument.objects.filter(key=definition.key).exists():
        definition = msgspec.structs.replace(definition, key=new_key(region))
    return _begin(definition, region=region, by=by, based_on=based_on)


@transaction.atomic
def copy(version: Version, *, title: Words, region: Region, by: User) -> Draft:
    """A draft of a new instrument of `region` that begins as `version` stands. Raises Forbidden for another level."""
    named = msgspec.structs.replace(version.definition, key=new_key(region), title=title)
    return create(named, region=region, by=by, based_on=version)


@transaction.atomic
def revise(instrument: Instrument, *, by: User) -> Draft:
    """The draft of the next version: the one that is open, or a new one. Raises Forbidden for another level."""
    if instrument.region is None:
        raise Forbidden(_("通用量表库的量表不能修改。请复制为本级量表后再改。"))
    _check_level(instrument.region, by)
    open_ = Draft.objects.filter(instrument=instrument).first()
    if open_ is not None:
        return open_
    version = instrument.versions.order_by("-number")[:1].get()
    return _begin(
        version.definition, region=instrument.region, by=by, based_on=version, instrument=instrument
    )


@transaction.atomic
def save(draft: Draft, content: Any, *, revision: int, by: User) -> Draft:
    """Keep `content` as the next revision. What is incomplete is kept too; only what has no shape is refused.

    Raises StaleState (details: revision, by, at) if somebody saved since `revision`, Invalid for content of no shape.
    """
    _check_level(draft.region, by)
    try:
        definition = msgspec.convert(content, Definition)
    except msgspec.ValidationError as error:
        raise Invalid(_("量表内容格式不对：%(error)s") % {"error": error}) from None
    # The name stays: versions and plans go by it.
    named = msgspec.structs.replace(definition, key=draft.content["key"])
    changed = Draft.objects.filter(pk=draft.pk, revision=revision).update(
        content=_lean(msgspec.to_builtins(named)), revision=revision + 1, saved_at=clock.now(), saved_by=by
    )
    now = Draft.objects.select_related("region", "saved_by").get(pk=draft.pk)
    if not changed:
        message = _("%(who)s 刚刚也保存了这份量表。") % {"who": now.saved_by}
        raise StaleState(message, revision=now.revision, by=str(now.saved_by), at=now.saved_at)
    return now


@transaction.atomic
def publish_draft(draft: Draft, *, revision: int, by: User) -> Version:
    """Make the draft a version, which nobody changes any more; phones get it with their next month.

    Raises NotReady (details: missing) while something is missing, StaleState if somebody saved since `revision`,
    Invalid if nothing changed.
    """
    _check_level(draft.region, by)
    if not Draft.objects.select_for_update().filter(pk=draft.pk, revision=revision).exists():
        raise StaleState(_("这份量表刚刚又有改动，请刷新后再发布。"))
    found = [*flaws(draft.definition), *gaps(draft.definition)]
    if found:
        raise NotReady(_("还不能发布：请先改好标出的地方。"), missing=[flaw.text for flaw in found])
    version = publish(draft.definition, by=by, region=draft.region)
    if draft.instrument is not None and version.number <= (draft.based_on.number if draft.based_on else 0):
        raise Invalid(_("内容与第 %(number)s 版完全相同，不需要再发布。") % {"number": version.number})
    draft.delete()
    return version


@transaction.atomic
def discard(draft: Draft, *, by: User) -> None:
    """Throw a draft away; the journal keeps what it said."""
    _check_level(draft.region, by)
    _record("instrument.discard", draft, by=by, before={"content": draft.content})
    draft.delete()


@transaction.atomic
def set_active(instrument: Instrument, *, is_active: bool, by: User) -> None:
    """Retire an instrument, or take it into use again. Visits begun with it go on."""
    if instrument.region is None:
        raise Forbidden(_("通用量表库由系统随版本发布，不能在这里停用。"))
    _check_level(instrument.region, by)
    if not Instrument.objects.filter(pk=instrument.pk, is_active=not is_active).update(is_active=is_active):
        raise StaleState(_("这份量表的状态刚刚已经改变，请刷新后查看。"))
    version = instrument.versions.order_by("-number")[:1].get()
    kind = "instrument.resume" if is_active else "instrument.retire"
    journal.record(
        kind, by=by, obj=instrument, label=version.definition.title.zh, region=instrument.region.path
    )


def _lean(node: Any) -> Any:
    """Plain content without parts that say nothing, so that a field opened and left empty makes no other version."""
    if isinstance(node, list):
        return [_lean(part) for part in node]
    if not isinstance(node, dict):
        return node
    lean = {key: _lean(value) for key, value in node.items()}
    return {key: value for key, value in lean.items() if value != {} or key not in OPTIONAL}


def _begin(definition: Definition, *, region: Region, by: User, **fields: Any) -> Draft:
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                region=region, content=msgspec.to_builtins(definition), saved_by=by, **fields
            )
    except IntegrityError:
        raise StaleState(_("刚刚有人开始修改这份量表，请刷新后打开草稿。")) from None
    _record("instrument.draft", draft, by=by)
    return draft


def _check_level(region: Region, by: User) -> None:
    if region not in own_levels(by):
        raise Forbidden(_("只能编写本级的量表。"))


def _record(kind: str, draft: Draft, *, by: User, before: dict[str, Any] | None = None) -> None:
    journal.record(kind, by=by, obj=draft, label=draft.title, region=draft.region.path, before=before)
