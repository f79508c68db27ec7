"""Problems by the million, made inside the database from the schools that are there: three years' worth of each school.

One in 25 is open, as in the sample's province. Indexes are taken away meanwhile and built again, which is what makes millions of rows a
matter of minutes.
"""

from typing import Any

from django.db import connection, models

A_SCHOOL = 15
OPEN_ONE_IN = 25


def make(each: int = A_SCHOOL) -> None:
    """`each` problems of every school in the database."""
    from dudao.findings.models import Finding
    from dudao.people.models import User

    inspector = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    columns = _columns(Finding, each)
    serves = "SELECT MIN(inspector_id) FROM people_assignment a WHERE a.unit_id = u.id"
    units = (
        f"SELECT id, code, region_id, COALESCE(({serves}), {inspector}) AS inspector, "
        "row_number() OVER (ORDER BY code) AS at FROM places_unit u"
    )
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(each))
    names = ", ".join(f'"{name}"' for name in columns)
    rows = f"SELECT u.*, k.n, u.at * 31 + k.n * 17 AS h FROM ({units}) u CROSS JOIN ({numbers}) k"
    with connection.cursor() as cursor:
        indexes = _taken_away(cursor)
        if connection.vendor == "postgresql":
            cursor.execute("SET maintenance_work_mem = '512MB'")  # for the indexes
        cursor.execute(
            f"INSERT INTO findings_finding ({names}) SELECT {', '.join(columns.values())} FROM ({rows}) r"
        )
        for one in indexes:
            cursor.execute(one)


def _columns(model: type[models.Model], each: int) -> dict[str, str]:
    """Column → expression over a row of school and number; what is not said here is the field's default."""
    postgres = connection.vendor == "postgresql"
    day = "date '2026-01-01' + (h % 360)::int" if postgres else "date('2026-01-01', (h % 360) || ' days')"
    moment = f"({day})::timestamptz" if postgres else f"{day} || ' 08:00:00'"
    count = f"CAST(SUBSTR(code, 7) AS integer) * {each} + n + 1"
    running = f"LPAD(({count})::text, 4, '0')" if postgres else f"PRINTF('%04d', {count})"
    is_open = f"h % {OPEN_ONE_IN} = 0"
    state = (
        f"CASE WHEN {is_open} THEN CASE (at + n) % 4 WHEN 0 THEN 'NOTIFIED' WHEN 1 THEN 'RECEIVED' "
        f"WHEN 2 THEN 'RECTIFYING' ELSE 'REPORTED' END ELSE 'STRUCK_OFF' END"
    )
    severity = "CASE h % 7 WHEN 0 THEN 'SERIOUS' WHEN 1 THEN 'MAJOR' WHEN 2 THEN 'MAJOR' ELSE 'MINOR' END"
    said = {
        "id": "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))",
        "number": f"SUBSTR(code, 1, 6) || '-2026-' || {running}", "unit_id": "id", "region_id": "region_id", "inspector_id": "inspector",
        "category": "CASE h % 3 WHEN 0 THEN 'CANTEEN' WHEN 1 THEN 'SAFETY' ELSE 'HOMEWORK' END",
        "severity": severity, "state": state, "day_unit": "'working'", "days": "15", "disposition": "'ORDINARY'",
        "wording": "'第' || h || '号：食堂留样记录不完整，消防通道堆放杂物' || (h % 97)", "evidence": "'[]'",
        "recorded_at": moment, "notified_at": moment, "received_at": moment, "reported_at": moment,
        "receive_by": day, "due_on": day, "struck_off_at": f"CASE WHEN {is_open} THEN NULL ELSE {moment} END",
    }  # fmt: skip
    fields = [one for one in model._meta.concrete_fields if not one.generated]
    return {str(one.column): said.get(str(one.column)) or _default(one) for one in fields}


def _default(field: Any) -> str:
    if field.null:
        return "NULL"
    value = field.get_default()
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else f"'{value}'"


def _taken_away(cursor: Any) -> list[str]:
    """Drop the indexes that no constraint needs; what makes them again."""
    sql = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'findings_finding' AND indexdef NOT LIKE '%UNIQUE%'"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'findings_finding' AND type = 'index' AND sql NOTNULL"
    )
    cursor.execute(sql)
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
