"""Three people on their way to being appointed inspector: one to review, one under publicity, one appointed."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from dudao.inspectors import appointing
from dudao.inspectors.models import Application
from dudao.kernel import clock
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.models import WordKind
from dudao.rules.queries import offered
from dudao.sample.city import City

_PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "name": "谭雪琴", "sex": "FEMALE", "birth_year": 1974, "degree": "BACHELOR", "years_in_education": 28,
        "put_forward_by": "UNIT", "recommender": "天元区教育局教研室", "employer": "天元区教育局教研室", "post": "教研员",
        "subjects": "语文", "statement": "从事小学语文教学和教研二十八年，长期承担推门听课和教学视导工作。",
    },
    {
        "name": "欧阳立新", "sex": "MALE", "birth_year": 1966, "degree": "BACHELOR", "years_in_education": 37,
        "put_forward_by": "UNIT", "recommender": "天元区教育局", "employer": "天元区原启明中学", "post": "退休校长",
        "subjects": "学校管理", "statement": "任校长十五年，熟悉学校管理和课后服务，身体健康，愿意承担督导工作。",
    },
    {
        "name": "段海燕", "sex": "FEMALE", "birth_year": 1980, "degree": "MASTER", "years_in_education": 21,
        "put_forward_by": "SELF", "recommender": "", "employer": "荷塘区教师进修学校", "post": "教研主任",
        "subjects": "心理健康", "statement": "从事教师培训和心理健康教育研究，参加过省级专项督导。",
    },
)  # fmt: skip


def write(city: City, *, today: date) -> None:
    """The county's own clerk reviews what the city recorded, and the other way round."""
    counties = {region.code: region for region in city.counties}
    chief = User.objects.get(username="demo-city")
    tianyuan, hetang = counties["430211"], counties["430202"]
    clerk, other = city.officers[tianyuan.pk], city.officers[hetang.pk]
    _submit(tianyuan, _PEOPLE[0], by=chief, at=_morning(today, 2))
    public = _passed(tianyuan, _PEOPLE[1], by=clerk, reviewer=chief, at=_morning(today, 8))
    with clock.set_to(_morning(today, 3)):
        _publish(public, by=clerk)
    _appointed(hetang, _PEOPLE[2], clerk=other, chief=chief, today=today)


def _appointed(region: Region, facts: dict[str, Any], *, clerk: User, chief: User, today: date) -> None:
    one = _passed(region, facts, by=clerk, reviewer=chief, at=_morning(today, 60))
    with clock.set_to(_morning(today, 55)):
        _publish(one, by=clerk)
    with clock.set_to(_morning(today, 52)):
        raised = appointing.object_to(
            one, received_on=clock.today(), text="反映其目前仍兼任校外机构顾问。", by=clerk
        )
    with clock.set_to(_morning(today, 50)):
        appointing.decide(raised, is_upheld=False, outcome="经核实，已于去年辞去，有书面证明。", by=chief)
    with clock.set_to(_morning(today, 30)):
        appointing.appoint(
            one, starts_on=clock.today(), seen=one.state, by=clerk, username="inspector13",
            certificate_no="株督证2024-013",
        )  # fmt: skip


def _passed(region: Region, facts: dict[str, Any], *, by: User, reviewer: User, at: datetime) -> Application:
    one = _submit(region, facts, by=by, at=at)
    words = offered(WordKind.CONDITION)
    with clock.set_to(at + timedelta(hours=26)):
        checks = [appointing.Check(word.key, word.zh, True, "") for word in words]
        return appointing.review(one, passed=True, checks=checks, seen=one.state, by=reviewer)


def _submit(region: Region, facts: dict[str, Any], *, by: User, at: datetime) -> Application:
    with clock.set_to(at):
        return appointing.submit(region, by=by, level="COUNTY", engagement="PART_TIME", **facts)


def _publish(one: Application, *, by: User) -> None:
    appointing.publish(one, contact="0731-28680000", seen=one.state, by=by)


def _morning(today: date, days: int) -> datetime:
    """Half past nine, so many days ago."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time(9, 30)))
