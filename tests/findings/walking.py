"""A problem taken along its way, through the services."""

from dudao.findings import services
from dudao.findings.models import Finding
from dudao.findings.moving import Seen
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.notify.models import Message
from tests import factories


def seen(finding: Finding) -> Seen:
    return Seen(finding.state, finding.round)


def received(at: factories.Place, **changes: object) -> Finding:
    finding = factories.finding(at, **changes)
    return services.receive(finding, by=at.head, seen=seen(finding))


def reported(at: factories.Place, shade: int = 200, **changes: object) -> Finding:
    finding = received(at, **changes)
    after = factories.picture(at.head, shade)
    return services.report(
        finding, by=at.head, seen=seen(finding), text="已公示", before=[], after=[after.sha256]
    )


def struck_off(at: factories.Place, **changes: object) -> Finding:
    finding = reported(at, **changes)
    finding = services.verify(
        finding, by=at.inspector, seen=seen(finding), passed=True, method="on_site", facts="属实"
    )
    return services.sign_off(finding, by=at.officer, seen=seen(finding))


def followed() -> None:
    """Everybody who reads the journal has read it all."""
    while journal.seal():
        pass
    while followers.run():
        pass


def told(user: object) -> list[str]:
    followed()
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))
