"""How many items of a sheet applied. Of sheets filed before: every item that stands under no condition, and of the others
those that were answered. What was under a condition and left open is taken as not asked."""

from django.db import migrations, models

PORTION = 900  # SQLite takes no more values at once


def count_old(apps, schema_editor):
    Sheet = apps.get_model("inspections", "Sheet")
    Version = apps.get_model("instruments", "Version")
    for version in Version.objects.filter(pk__in=Sheet.objects.order_by().values("version")).order_by("pk").iterator():
        always, conditional = split(version.content["sections"])
        rows = Sheet.objects.filter(version=version)
        rows.update(asked=always)
        if not conditional:
            continue
        last = None
        while True:
            portion = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
            some = list(portion.only("pk", "answers")[:PORTION])
            if not some:
                break
            alike = {}
            for one in some:
                alike.setdefault(always + len(conditional & one.answers.keys()), []).append(one.pk)
            for asked, ids in alike.items():
                Sheet.objects.filter(pk__in=ids).update(asked=asked)
            last = some[-1].pk


def split(sections):
    """How many items always apply, and the keys of those under a condition, their own or that of a section above."""
    by_key = {section["key"]: section for section in sections}
    always, conditional = 0, set()
    for section in sections:
        line = [section]
        while line[-1].get("parent"):
            line.append(by_key[line[-1]["parent"]])
        has_condition = any(one.get("relevant") for one in line)
        for item in section["items"]:
            if has_condition or item.get("relevant"):
                conditional.add(item["key"])
            else:
                always += 1
    return always, conditional


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0010_check_ins"),
        ("instruments", "0002_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="asked",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunPython(count_old, migrations.RunPython.noop, elidable=True),
    ]
