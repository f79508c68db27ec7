"""Inspectors who go to a school together, and what their phones hand in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from dudao.intake import completion
from dudao.intake import projectors as door
from dudao.intake.models import Entry, EvidenceFile
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.plans import services as plans
from dudao.plans.models import Answer, PlanItem
from tests import factories


@dataclass
class Team:
    """A lead and two companions who have agreed to come; `plan` is what their phones call it."""

    at: factories.Place
    item: PlanItem
    members: list[User]
    plan: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.plan = self.item.pk

    @property
    def lead(self) -> User:
        return self.at.inspector

    def answer(self, who: User, given: Answer) -> None:
        plans.answer(self.item.invitations.get(user=who), given, by=who)


def team(at: factories.Place, *, names: Sequence[str] = ("王芳", "李强")) -> Team:
    item = plans.add(at.unit, at.inspector, plans.this_month(), planned_on=None, note="", by=at.officer)
    made = Team(at, item, [factories.person(Role.INSPECTOR, name=name) for name in names])
    for one in made.members:
        plans.invite(item, one, by=at.inspector)
        made.answer(one, Answer.ACCEPTED)
    return made


def photo_of(shade: int) -> dict[str, Any]:
    """A photo as a manifest names it, whose bytes are still on the phone."""
    body = factories.jpeg(shade)
    return {
        "sha256": factories.hashed(body), "size": len(body), "type": "image/jpeg", "role": "photo", "item": "hw_board",
    }  # fmt: skip


def upload(shade: int, by: User) -> EvidenceFile:
    return factories.picture(by, shade)


def sheet(
    of: Team, who: User, *, photos: list[dict[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    """What `who` recorded, as her phone sends it."""
    without = changes.pop("without", "")
    told = {
        "plan": str(of.plan),
        "lead": of.lead.pk,
        "members": [one.pk for one in of.members],
        "without": without,
    }
    changes.setdefault("findings", [factories.problem(wording=f"{who.name}发现的问题")])
    return factories.sheet(
        of.at, joint=told, narrative=f"{who.name}看到的情况", manifest=photos or [], highlights="", **changes
    )


def committed(who: User, payload: dict[str, Any], *, pk: UUID | None = None) -> Entry:
    """An entry as the door has committed it, not yet looked at."""
    now, entry_id = clock.now(), pk or uuid7()
    envelope = {
        "id": str(entry_id),
        "kind": "visit",
        "schema": 2,
        "made_at": now.isoformat(),
        "payload": payload,
    }
    return Entry.objects.create(
        id=entry_id, kind="visit", schema=2, user_id=who.pk, device_id=uuid7(), made_at=now, device_time=now,
        received_at=now, body=json.dumps(envelope).encode(), body_sha256="0" * 64, try_at=now,
    )  # fmt: skip


def work() -> None:
    """What the worker does: entries into records, files counted."""
    soon = clock.now() + timedelta(seconds=1)
    with clock.set_to(soon):
        while door.run() + completion.announce() + completion.check():
            pass


def hand_in(of: Team, who: User, **changes: Any) -> Entry:
    entry = committed(who, sheet(of, who, **changes))
    work()
    entry.refresh_from_db()
    return entry
