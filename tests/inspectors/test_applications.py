"""From a recommendation to an appointment: a second person reviews, the public is told, and only then there is a letter."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dudao.documents.models import Document
from dudao.inspectors import services
from dudao.inspectors.models import Application, Engagement, Inspector
from dudao.inspectors.states import State
from dudao.inspectors.tasks import publicity_over
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.notify.models import Message
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.rules.models import WordKind
from dudao.rules.queries import words
from tests import factories

NEW = reverse("inspectors:application-new")
FACTS = {
    "put_forward_by": "UNIT", "recommender": "区教研室", "name": "谭国庆", "sex": "MALE", "birth_year": "1974",
    "degree": "BACHELOR", "years_in_education": "26", "employer": "实验小学", "post": "副校长", "subjects": "数学",
    "level": "COUNTY", "engagement": "PART_TIME", "statement": "任教二十六年，三次获评优秀。",
}  # fmt: skip


@pytest.fixture
def office(at, signed_in) -> Client:
    """Who records."""
    return signed_in(at.officer)


@pytest.fixture
def second(at, signed_in) -> Client:
    """Who reviews."""
    return signed_in(at.city_officer)


def put_forward(office: Client, at: factories.Place, **changes: str) -> Application:
    answer = office.post(NEW, FACTS | {"region": at.county.code} | changes)
    assert answer.status_code == 302, answer.content.decode()
    return Application.objects.get(name=changes.get("name", FACTS["name"]))


def move(client: Client, one: Application, name: str, *, seen: str = "", **data: Any) -> Any:
    one.refresh_from_db()
    sent = {"seen": seen or one.state} | data
    return client.post(reverse("inspectors:application-move", args=[one.pk, name]), sent)


def verdicts(**unmet: str) -> dict[str, str]:
    """Every condition met, but for those named with their remark."""
    keys = [word.key for word in words(WordKind.CONDITION)]
    assert len(keys) == 7
    met = {key: "no" if key in unmet else "yes" for key in keys}
    return met | {f"{key}_remark": remark for key, remark in unmet.items()}


def made_public(office: Client, second: Client, at: factories.Place) -> Application:
    one = put_forward(office, at)
    assert move(second, one, "pass", **verdicts()).status_code == 302
    assert move(office, one, "publish", contact="0731-28680001").status_code == 302
    one.refresh_from_db()
    return one


def after_publicity(one: Application) -> Any:
    assert one.public_until is not None
    return clock.set_to(clock.now() + timedelta(days=(one.public_until - clock.today()).days + 1))


def page(client: Client, one: Application) -> str:
    return client.get(reverse("inspectors:application", args=[one.pk])).content.decode()


def test_from_the_recommendation_to_the_letter(at, office, second) -> None:
    one = put_forward(office, at)
    assert Message.objects.filter(recipient=at.city_officer, kind="application.submit").exists()
    assert "须由另一位工作人员审核" in page(office, one)
    assert move(second, one, "pass", **verdicts()).status_code == 302
    assert move(office, one, "publish", contact="0731-28680001").status_code == 302
    public = Client().get(reverse("portal:publicity")).content.decode()
    assert "谭国庆" in public
    assert "0731-28680001" in public
    assert "1974" not in public, "the public is told who and where, not the age"
    one.refresh_from_db()
    with after_publicity(one):
        assert "谭国庆" not in Client().get(reverse("portal:publicity")).content.decode()
        sent = {"starts_on": str(clock.today()), "username": "13900000001", "certificate_no": "督证-9"}
        assert move(office, one, "appoint", **sent).status_code == 302
        one.refresh_from_db()
        inspector = Inspector.objects.get(user__username="13900000001")
        assert (one.state, one.inspector) == (State.APPOINTED, inspector)
        assert inspector.user.has_role(Role.INSPECTOR)
        assert inspector.user.certificate_no == "督证-9"
        assert inspector.terms.get().number == 1
        assert Document.objects.filter(subject_id=str(inspector.terms.get().pk)).exists(), "the letter"
        assert "聘任结果" in page(office, one)
    told = Event.objects.filter(object_id=str(one.pk)).order_by("pk").values_list("kind", flat=True)
    assert [kind.removeprefix("application.") for kind in told] == ["submit", "pass", "publish", "appoint"]


def test_publicity_lasts_five_working_days(at, office, second) -> None:
    monday = clock.now().replace(year=2026, month=3, day=2, hour=2)
    with clock.set_to(monday):
        one = made_public(office, second, at)
    assert (str(one.public_from), str(one.public_until)) == ("2026-03-02", "2026-03-09")


def test_whoever_recorded_it_does_not_review_it(at, office) -> None:
    one = put_forward(office, at)
    answer = move(office, one, "pass", **verdicts())
    assert answer.status_code == 403
    assert "审核人不能是登记申请的人" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == State.SUBMITTED


def test_an_unmet_condition_needs_a_reason_or_a_refusal(at, office, second) -> None:
    one = put_forward(office, at)
    bare = move(second, one, "pass", **verdicts(HEALTH=""))
    assert bare.status_code == 422
    assert "须说明仍予通过的理由" in bare.content.decode()
    unanswered = verdicts()
    del unanswered["POLITICS"]
    assert "请选择符合或不符合" in move(second, one, "pass", **unanswered).content.decode()
    assert move(second, one, "pass", **verdicts(HEALTH="体检复查中，结果合格后到岗")).status_code == 302
    assert "体检复查中" in page(office, one)


def test_the_application_itself_contradicts_the_reviewer(at, office, second) -> None:
    """Regulations on Education Supervision, art. 7: bachelor's degree, ten years."""
    one = put_forward(office, at, degree="COLLEGE", years_in_education="6")
    answer = move(second, one, "pass", **verdicts())
    assert answer.status_code == 422
    assert "规定不少于 10 年" in answer.content.decode()
    assert move(second, one, "refuse", note="").status_code == 422
    assert move(second, one, "refuse", note="学历和年限不足").status_code == 302
    assert "学历和年限不足" in page(office, one)
    assert Message.objects.filter(recipient=at.officer, kind="application.refuse").exists()


def test_nobody_is_appointed_before_the_publicity_ends(at, office, second) -> None:
    one = made_public(office, second, at)
    assert 'action="' + reverse("inspectors:application-move", args=[one.pk, "appoint"]) not in page(
        office, one
    )
    sent = {"starts_on": str(clock.today()), "username": "13900000001"}
    answer = move(office, one, "appoint", **sent)
    assert answer.status_code == 422
    assert "期满后才能聘任" in answer.content.decode()
    assert not User.objects.filter(username="13900000001").exists()


@pytest.mark.parametrize(("verdict", "status"), [("no", 302), ("yes", 422)])
def test_an_objection_is_settled_first(at, office, second, verdict, status) -> None:
    one = made_public(office, second, at)
    raised = {"received_on": str(clock.today()), "text": "反映其在职有偿补课"}
    assert office.post(reverse("inspectors:objection", args=[one.pk]), raised).status_code == 302
    row = one.objections.get()
    sent = {"starts_on": str(clock.today()), "username": "13900000001"}
    with after_publicity(one):
        assert "还有异议没有处理结果" in move(office, one, "appoint", **sent).content.decode()
        decide = reverse("inspectors:objection-decide", args=[one.pk, row.pk])
        assert office.post(decide, {"verdict": "", "outcome": ""}).status_code == 422
        outcome = {"verdict": verdict, "outcome": "经学校和家长核实"}
        assert office.post(decide, outcome).status_code == 302
        assert office.post(decide, outcome).status_code == 409, "settled once"
        assert move(office, one, "appoint", **sent).status_code == status
        assert move(office, one, "stop", note="异议成立").status_code == (302 if verdict == "yes" else 409)
    told = Event.objects.filter(object_id=str(one.pk), kind="application.objection").get()
    assert "补课" not in str(told.after) + told.note, "what is said of a person stays out of the journal"


def test_a_fourth_term_in_a_row_is_not_even_put_forward(at, office) -> None:
    one = services.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    for back in (9, 6, 3):
        year = clock.today().year - back
        services.add_term(one, starts_on=clock.today().replace(year=year, month=1, day=1), by=at.officer)
    answer = office.post(f"{NEW}?of={one.pk}", FACTS)
    assert answer.status_code == 422
    assert "不得超过 3 届" in answer.content.decode()
    assert not Application.objects.exists()


def test_a_further_term_follows_the_last_and_needs_no_account(at, office, second) -> None:
    inspector = services.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    first = services.add_term(inspector, starts_on=clock.today() - timedelta(days=800), by=at.officer)
    assert office.post(f"{NEW}?of={inspector.pk}", FACTS | {"name": "别人"}).status_code == 302
    one = Application.objects.get()
    assert one.name == at.inspector.name, "the name is the inspector's own"
    assert office.post(f"{NEW}?of={inspector.pk}", FACTS).status_code == 422, "one at a time"
    move(second, one, "pass", **verdicts())
    move(office, one, "publish", contact="0731-28680001")
    one.refresh_from_db()
    with after_publicity(one):
        assert move(office, one, "appoint", starts_on=str(clock.today())).status_code == 422, "overlaps"
        after = first.ends_on + timedelta(days=1)
        assert move(office, one, "appoint", starts_on=str(after)).status_code == 302
    assert list(inspector.terms.values_list("number", flat=True)) == [2, 1]


def test_an_account_of_somebody_else_is_not_taken(at, office, second) -> None:
    one = made_public(office, second, at)
    User.objects.filter(pk=at.inspector.pk).update(username="13711112222")
    with after_publicity(one):
        sent = {"starts_on": str(clock.today()), "username": "13711112222"}
        answer = move(office, one, "appoint", **sent)
    assert answer.status_code == 422
    assert at.inspector.name in answer.content.decode()


def test_a_move_on_an_older_picture_is_refused_and_what_was_typed_stays(at, office, second) -> None:
    one = put_forward(office, at)
    assert move(office, one, "withdraw", note="本人改任他职").status_code == 302
    late = move(second, one, "refuse", seen="SUBMITTED", note="材料不全")
    assert late.status_code == 409
    assert "材料不全" in late.content.decode()
    one.refresh_from_db()
    assert one.state == State.WITHDRAWN


def test_the_office_is_told_once_when_the_publicity_is_over(at, office, second) -> None:
    one = made_public(office, second, at)
    assert publicity_over() == 0
    with after_publicity(one):
        assert publicity_over() == 1
        assert publicity_over() == 0
    assert Message.objects.filter(recipient=at.officer, kind="application.over").count() == 1


def test_the_list_begins_with_what_waits(at, office, second) -> None:
    put_forward(office, at)
    done = put_forward(office, at, name="易春梅")
    move(office, done, "withdraw", note="本人撤回")
    address = reverse("inspectors:applications")
    waiting = office.get(address).content.decode()
    assert "谭国庆" in waiting
    assert "易春梅" not in waiting
    assert "易春梅" in office.get(address, {"state": ""}).content.decode()


def test_what_makes_no_sense_is_refused_at_its_field(at, office) -> None:
    wrong = FACTS | {"region": at.county.code, "birth_year": "2020", "recommender": ""}
    answer = office.post(NEW, wrong)
    assert answer.status_code == 422
    assert "请核对出生年份" in answer.content.decode()
    assert "请填写推荐单位" in answer.content.decode()
    assert office.get(f"{NEW}?of=nobody").status_code == 404
