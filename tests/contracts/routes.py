"""Every door of the house, and what each role finds behind it. A route without a row fails the matrix.

Roles: anon, city, county, inspector, unit, auditor, and the three administrators: admin (system), security, audit. A row gives the answer to each for objects of their own
place; `own` lists the roles that may open it there, everyone else signed in gets `other` (`but` names exceptions). Objects of another place are
never opened: 404 (or 403 where the kind of actor is wrong).
"""

from dataclasses import dataclass, field
from typing import Any

OFFICES = ("city", "county")
ROLES = ("city", "county", "inspector", "unit", "auditor", "admin", "security", "audit")
ADMINISTRATORS = ("admin", "security", "audit")


@dataclass(frozen=True)
class Row:
    """One route. `thing` names the object in its address; `get`/`post` give the answer for those it is for."""

    own: tuple[str, ...]
    method: str = "get"
    answer: int = 200
    other: int = 403
    anon: int = 302
    thing: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    stranger: int = 404
    kwargs: dict[str, Any] = field(default_factory=dict)
    but: dict[str, int] = field(default_factory=dict)


EVERYONE = ROLES
SEES_CONTENT = ("city", "county", "inspector", "unit", "auditor")
READS_RULES = (*OFFICES, "inspector", "auditor", "admin")
SEEN = {"seen_state": "NOTIFIED", "seen_round": 1}

MATRIX: dict[str, Row] = {
    # people
    "people:sign-in": Row(EVERYONE, answer=302, anon=200),
    "people:demo-sign-in": Row((), "post", other=404, anon=404),
    "people:sign-out": Row(EVERYONE, "post", answer=302),
    "people:password": Row(EVERYONE),
    "people:devices": Row(EVERYONE),
    "people:first-password": Row(EVERYONE, answer=302),
    "people:phone": Row((*OFFICES, "unit"), "post", answer=302, thing="inspector-account", but={"inspector": 404}),
    "people:accounts": Row((*OFFICES, "auditor", *ADMINISTRATORS)),
    "people:rights": Row((*OFFICES, "auditor", *ADMINISTRATORS)),
    # notify
    "notify:list": Row(EVERYONE),
    "notify:read-all": Row(EVERYONE, "post", answer=302),
    "notify:read-chosen": Row(EVERYONE, "post", answer=302),
    "notify:open": Row(("unit",), "post", answer=302, other=404, thing="message"),
    "notify:settings": Row(EVERYONE),
    "notify:confirm-mail": Row(EVERYONE, kwargs={"token": "x"}),
    "notify:robots": Row(OFFICES),
    "notify:robot": Row(OFFICES, "post", answer=302, thing="robot", kwargs={"what": "off"}),
    "notify:deliveries": Row(("admin",)),
    "notify:again": Row(("admin",), "post", answer=302),
    # imports
    "imports:start": Row(OFFICES, kwargs={"kind": "schools"}),
    "imports:template": Row(OFFICES, kwargs={"kind": "schools"}),
    "imports:show": Row(("county",), thing="import", other=404),
    "imports:wrong": Row(("county",), thing="import", other=404),
    "imports:confirm": Row(("county",), "post", answer=422, thing="import", other=404),
    "imports:mean": Row(("county",), "post", answer=409, thing="import", other=404),
    "imports:discard": Row(("county",), "post", answer=409, thing="import", other=404),
    # inspectors
    "inspectors:list": Row((*OFFICES, "auditor")),
    "inspectors:show": Row((*OFFICES, "auditor"), thing="inspector"),
    "inspectors:new": Row(OFFICES),
    "inspectors:edit": Row(OFFICES, thing="inspector"),
    "inspectors:add": Row(OFFICES, "post", answer=302, thing="inspector", kwargs={"what": "term"}, data={"term-starts_on": "2026-09-01"}),
    "inspectors:letter": Row(OFFICES, "post", answer=302, thing="term"),
    "inspectors:photo": Row((*OFFICES, "auditor"), thing="inspector"),
    "inspectors:photo-set": Row(OFFICES, "post", answer=302, thing="inspector", data={"remove": "1"}),
    "insight:yearbook": Row((*OFFICES, "inspector", "auditor"), thing="inspector"),
    "insight:yearbook-mine": Row(("inspector",), answer=302),
    "insight:yearbook-pdf": Row((*OFFICES, "inspector", "auditor"), thing="inspector"),
    "insight:yearbook-docx": Row((*OFFICES, "inspector", "auditor"), thing="inspector"),
    "insight:work-add": Row((*OFFICES, "inspector"), "post", answer=422, thing="inspector"),
    "insight:work": Row((*OFFICES, "inspector", "auditor"), thing="work"),
    "insight:work-take-back": Row((*OFFICES, "inspector"), "post", answer=302, thing="work"),
    "inspectors:hand-over": Row(OFFICES, thing="inspector"),
    "inspectors:zones-start": Row((*OFFICES, "auditor"), answer=302),
    "inspectors:zones": Row((*OFFICES, "auditor"), thing="region"),
    "inspectors:zone-new": Row(OFFICES, thing="region"),
    "inspectors:zone-edit": Row(OFFICES, thing="zone"),
    "inspectors:applications": Row((*OFFICES, "auditor")),
    "inspectors:application-new": Row(OFFICES),
    "inspectors:application": Row((*OFFICES, "auditor"), thing="application"),
    "inspectors:application-move": Row(
        OFFICES, "post", answer=302, thing="application", kwargs={"name": "stop"}, data={"seen": "PUBLIC", "note": "n"}
    ),
    "inspectors:objection": Row(OFFICES, "post", answer=422, thing="application", data={"text": ""}),
    "inspectors:objection-decide": Row(
        OFFICES, "post", answer=302, thing="objection", data={"verdict": "no", "outcome": "o"}
    ),
    "inspectors:boards": Row(OFFICES),
    "inspectors:boards-a3": Row(OFFICES, "post", answer=302),
    "inspectors:boards-a2": Row(OFFICES, "post", answer=302),
    "inspectors:board": Row(SEES_CONTENT, thing="unit"),
    "inspectors:printing": Row(("county",), thing="printing", but={"city": 404}),
    "inspectors:printing-file": Row(("county",), answer=422, thing="printing", but={"city": 404}),
    # plans
    "plans:list": Row((*OFFICES, "inspector", "auditor")),
    "plans:add": Row((*OFFICES, "inspector")),
    "plans:days": Row((*OFFICES, "inspector"), "post", answer=302),
    "plans:terms": Row((*OFFICES, "inspector", "auditor")),
    "plans:terms-confirm": Row(OFFICES, "post", answer=302),
    "plans:terms-remind": Row(OFFICES, "post", answer=302),
    "plans:terms-open": Row((*OFFICES, "inspector"), "post", answer=422, kwargs={"year": 2030, "name": "AUTUMN"}),
    "plans:term": Row((*OFFICES, "inspector", "auditor"), thing="term-plan"),
    "plans:term-keep": Row(("inspector",), "post", answer=302, thing="term-plan", data={"seen": "DRAFT", "focus": "f"}),
    "plans:term-move": Row(OFFICES, "post", answer=409, thing="term-plan", kwargs={"name": "confirm"}, data={"seen": "DRAFT"}),
    "plans:year": Row((*OFFICES, "auditor"), thing="region", but={"inspector": 404}),
    "plans:month": Row(OFFICES, thing="region", kwargs={"month": "2026-09"}),
    "plans:draw-up": Row(OFFICES, "post", answer=302, thing="region", kwargs={"month": "2026-09"}),
    "plans:item": Row((*OFFICES, "inspector", "auditor"), thing="item"),
    "plans:day": Row((*OFFICES, "inspector"), "post", answer=302, thing="item", but={"auditor": 403}),
    "plans:invite": Row((*OFFICES, "inspector", "auditor"), "post", answer=422, thing="item"),
    "plans:answer": Row((), "post", thing="item", but={"city": 404, "county": 404, "inspector": 404, "auditor": 404}),
    "plans:drop": Row(OFFICES, "post", answer=302, thing="item"),
    # documents
    "documents:list": Row(SEES_CONTENT),
    "documents:show": Row(SEES_CONTENT, thing="document"),
    "documents:receive": Row(("unit",), "post", answer=302, thing="letter", data={"name": "n"}),
    "documents:void": Row(OFFICES, "post", answer=302, thing="document", data={"reason": "r"}),
    "documents:replace": Row(OFFICES, "post", answer=302, thing="void"),
    "documents:bundle-pdf": Row(SEES_CONTENT, "post", answer=302),
    "documents:bundle-zip": Row(SEES_CONTENT, "post", answer=302),
    "documents:bundle": Row(("county",), thing="bundle", other=404, but=dict.fromkeys(ADMINISTRATORS, 403)),
    "documents:bundle-file": Row(("county",), answer=422, thing="bundle", other=404, but=dict.fromkeys(ADMINISTRATORS, 403)),
    "documents:office-start": Row(OFFICES, answer=302),
    "documents:office": Row(OFFICES, thing="region"),
    "documents:seal": Row(OFFICES, thing="region"),
    "documents:seal-end": Row(OFFICES, "post", answer=302, thing="region"),
    "documents:wording": Row(OFFICES, thing="region", kwargs={"kind": "rectify-notice"}),
    "documents:drafts": Row((*OFFICES, "inspector")),
    "documents:draft": Row((*OFFICES, "inspector"), thing="paper"),
    "documents:draft-pdf": Row((*OFFICES, "inspector"), thing="paper"),
    "documents:draft-docx": Row((*OFFICES, "inspector"), thing="paper"),
    "documents:draft-word": Row((*OFFICES, "inspector"), "post", answer=422, thing="paper"),
    "documents:draft-word-accept": Row((*OFFICES, "inspector"), "post", answer=422, thing="paper"),
    "documents:draft-move": Row((*OFFICES, "inspector"), "post", answer=302, thing="paper", kwargs={"name": "submit"}, data={"seen": "DRAFT", "version": 1}),
    "documents:pdf": Row(SEES_CONTENT, thing="document", answer=409),
    "documents:docx": Row(SEES_CONTENT, thing="document", answer=409),
    # instruments
    "instruments:list": Row(READS_RULES),
    "instruments:show": Row(READS_RULES, thing="version", stranger=200),
    "instruments:compare": Row(READS_RULES, thing="versions", stranger=200),
    "instruments:new": Row(OFFICES),
    "instruments:template": Row(OFFICES),
    "instruments:bring-in": Row(OFFICES),
    "instruments:bring-in-rest": Row(OFFICES, "post", answer=422),
    "instruments:excel": Row(READS_RULES, thing="version", stranger=200),
    "instruments:xlsform": Row(READS_RULES, thing="version", stranger=200),
    "instruments:bases": Row(OFFICES),
    "instruments:preview": Row(OFFICES),
    "instruments:revise": Row((), "post", thing="version", but={"city": 403, "county": 403}, stranger=403),
    "instruments:retire": Row((), "post", thing="version", but={"city": 403, "county": 403}, stranger=403),
    "instruments:draft": Row(("county",), thing="draft", but={"city": 404}),
    "instruments:draft-save": Row(("county",), "post", thing="draft", but={"city": 404}, data={"json": {"revision": 1, "content": {}}}, answer=422),
    "instruments:draft-publish": Row(("county",), "post", answer=302, thing="draft", but={"city": 404}, data={"revision": "1"}),
    "instruments:draft-discard": Row(("county",), "post", answer=302, thing="draft", but={"city": 404}),
    # intake
    "intake:evidence": Row(SEES_CONTENT, thing="evidence", other=404),
    "intake:handovers": Row(OFFICES),
    "intake:handover": Row(OFFICES, thing="handover"),
    "intake:handover-take": Row(OFFICES, "post", answer=302, thing="handover"),
    "intake:handover-discard": Row(OFFICES, "post", answer=302, thing="handover"),
    "intake:integrity": Row(("admin",)),
    "intake:quarantine": Row(OFFICES),
    "intake:entry": Row(OFFICES, thing="entry"),
    "intake:replay": Row(OFFICES, "post", answer=302, thing="entry"),
    "intake:repair": Row(OFFICES, "post", answer=200, thing="entry"),
    "intake:close": Row(OFFICES, "post", answer=302, thing="entry", data={"note": "n"}),
    "intake:phones": Row(OFFICES),
    # inspections
    "inspections:list": Row(SEES_CONTENT),
    "inspections:draft": Row((*OFFICES, "inspector"), "post", answer=302, thing="visit", kwargs={"kind": "record"}),
    "inspections:live": Row((*OFFICES, "auditor")),
    "inspections:live-stream": Row((*OFFICES, "auditor")),
    "inspections:file-without": Row((*OFFICES, "inspector"), "post", answer=422, thing="visit"),
    "inspections:release": Row(OFFICES, "post", answer=302, thing="visit"),
    "inspections:show": Row(SEES_CONTENT, thing="visit"),
    # findings
    "findings:ledger": Row(SEES_CONTENT),
    "findings:papers": Row((*OFFICES, "inspector"), "post", answer=302),
    "findings:draft": Row((*OFFICES, "inspector"), "post", answer=422, kwargs={"kind": "rectify-notice"}),
    "findings:show": Row(SEES_CONTENT, thing="finding"),
    "findings:remind": Row((*OFFICES, "inspector"), "post", answer=302),
    "findings:urge": Row((*OFFICES, "inspector"), "post", answer=302, thing="finding"),
    "findings:assign": Row(OFFICES, "post", answer=302),
    "findings:look-backs": Row((*OFFICES, "inspector")),
    "findings:look-back-draw": Row(OFFICES),
    "findings:drawn": Row(OFFICES, thing="draw", but={"inspector": 404}),
    "findings:look-back-send": Row(OFFICES, "post", answer=302, thing="look-back"),
    "findings:look-back": Row((*OFFICES, "inspector"), thing="look-back"),
    "findings:step": Row(("unit",), thing="milestone", stranger=404, but=dict.fromkeys(ADMINISTRATORS, 404)),
    "findings:move": Row(("unit",), "post", answer=302, thing="finding", data=SEEN, kwargs={"name": "receive"}, but=dict.fromkeys(ADMINISTRATORS, 404)),
    # insight
    "insight:start": Row((*OFFICES, "auditor"), answer=302),
    "insight:glance": Row((*OFFICES, "auditor")),
    "insight:glance-of": Row((*OFFICES, "auditor"), thing="region"),
    "insight:monthly": Row((*OFFICES, "inspector")),
    "insight:coverage": Row((*OFFICES, "auditor"), thing="region"),
    # field
    # alarms
    "alarms:list": Row((*OFFICES, "auditor")),
    "alarms:banner": Row(OFFICES),
    "alarms:show": Row((*OFFICES, "auditor"), thing="alarm"),
    "alarms:acknowledge": Row(OFFICES, "post", answer=422, thing="alarm"),
    "alarms:close": Row(OFFICES, "post", answer=422, thing="alarm"),
    "field:photo": Row(("inspector",)),
    "field:alarms": Row((), other=401, anon=401),
    "field:app": Row(EVERYONE, anon=200),
    "field:app-page": Row(EVERYONE, anon=200, kwargs={"rest": "visits"}),
    "field:worker": Row(EVERYONE, anon=200),
    "field:manifest": Row(EVERYONE, anon=200),
    "field:device": Row(("inspector",), "post", anon=401, data={"json": {"device_id": "01900000-0000-7000-8000-000000000000"}}),
    "field:pin": Row(("inspector",), "post", answer=404, anon=401, data={"json": {"device_id": "01900000-0000-7000-8000-000000000000", "key": "A" * 60}}),
    "field:pin-forgotten": Row(("inspector",), "post", answer=404, anon=401, data={"json": {"device_id": "01900000-0000-7000-8000-000000000000"}}),
    "field:bundle": Row((), other=401, anon=401),
    "field:openapi": Row(EVERYONE, anon=200),
    # portal
    "portal:start": Row(EVERYONE, anon=200),
    "portal:verify": Row(EVERYONE, anon=200, thing="code", stranger=200),
    "portal:publicity": Row(EVERYONE, anon=200),
    "portal:board": Row(EVERYONE, anon=200, thing="board", stranger=200),
    "portal:board-photo": Row(EVERYONE, anon=200, thing="board", stranger=200),
    # ui
    "ui:gallery": Row(EVERYONE),
    # office
    "office:home": Row(EVERYONE),
    "office:view-keep": Row(EVERYONE, "post", answer=404),
    "office:view-drop": Row(("county",), "post", answer=302, thing="saved-view", other=404),
    "office:export-new": Row(EVERYONE, "post", answer=404),
    "office:export": Row(("county",), thing="export", other=404),
    "office:export-file": Row((), thing="export", other=404, but={"county": 404}),
    "office:steps-away": Row(EVERYONE, "post", answer=302),
    "office:units": Row(SEES_CONTENT),
    "office:unit": Row(SEES_CONTENT, thing="unit"),
    "office:unit-new": Row(OFFICES),
    "office:unit-phone": Row((*OFFICES, "inspector", "unit"), "post", answer=302, thing="unit"),
    "office:unit-edit": Row(OFFICES, thing="unit"),
    "office:unit-institution": Row(OFFICES, thing="institution"),
    "office:unit-year": Row(OFFICES, thing="unit"),
    "office:unit-turn": Row(OFFICES, thing="unit", kwargs={"kind": "CLOSED"}),
    "office:regions": Row(OFFICES),
    "office:region": Row(OFFICES, thing="region"),
    "office:search": Row(EVERYONE),
    "office:rules": Row(READS_RULES),
    "office:rule": Row(READS_RULES, kwargs={"key": "visit.per_month"}),
    "office:deadlines": Row(READS_RULES),
    "office:deadline-set": Row(("county",), thing="region", but={"city": 404}),
    "office:rule-set": Row(("county",), thing="rule-of-region", but={"city": 404}),
    "office:rule-end": Row(("county",), thing="rule-of-region", but={"city": 404}),
    "office:rule-withdraw": Row(("county",), "post", answer=409, thing="rule", but={"city": 404}),
    "office:terms": Row(READS_RULES),
    "office:term": Row(("county",), thing="region", kwargs={"year": 2026, "name": "AUTUMN"}, but={"city": 404}),
    "office:calendar": Row(READS_RULES),
    "office:calendar-year": Row(READS_RULES, kwargs={"year": 2026}),
    "office:calendar-day": Row(("admin",)),
    "office:words": Row(READS_RULES),
    "office:words-of": Row(READS_RULES, kwargs={"kind": "METHOD"}),
    "office:word-add": Row(("city", "admin"), kwargs={"kind": "METHOD"}),
    "office:word": Row(("city", "admin"), thing="word", stranger=200),
    "office:word-move": Row(("admin",), "post", answer=302, thing="word", stranger=302),
    "office:journal": Row(("auditor", "audit")),
    "office:account": Row((*OFFICES, "auditor"), thing="account", but=dict.fromkeys(ADMINISTRATORS, 200)),
    "office:account-new": Row((*OFFICES, "admin")),
    "office:account-edit": Row(OFFICES, thing="account", but={"admin": 200}),
    "office:account-password": Row(OFFICES, "post", thing="account", but={"admin": 200}),
    "office:account-switch": Row(OFFICES, "post", answer=302, thing="account", but={"admin": 302}, data={"to": "off"}),
    "office:device": Row(OFFICES, "post", answer=302, thing="device", but={"admin": 302}, data={"to": "off"}),
    "office:grant-new": Row(OFFICES, thing="account", but={"security": 200}),
    "office:grant-end": Row(OFFICES, "post", answer=302, thing="grant", but={"security": 302}),
    "office:grant-lend": Row(OFFICES, thing="grant", but={"security": 200}),
    "office:grants-due": Row((*OFFICES, "security")),
    "office:grants-keep": Row((*OFFICES, "security"), "post", answer=302),
    "office:grants-end": Row((*OFFICES, "security"), "post", answer=302),
    "office:first-passwords": Row((*OFFICES, "admin")),
    "office:first-passwords-file": Row((*OFFICES, "admin"), "post", answer=302),
    "office:jobs": Row(("admin",)),
    "office:jobs-again": Row(("admin",), "post", answer=302),
    # the house
    "set_language": Row(EVERYONE, "post", answer=302, anon=302, data={"language": "en"}),
}  # fmt: skip
