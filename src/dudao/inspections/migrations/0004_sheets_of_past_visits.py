"""Every visit made before has one sheet, which goes by the visit's own id."""

from django.db import migrations
from django.db.models import F, Q

PORTION = 500


def give_sheets(apps, schema_editor):
    Visit = apps.get_model("inspections", "Visit")
    Sheet = apps.get_model("inspections", "Sheet")
    VisitFile = apps.get_model("inspections", "VisitFile")
    waiting = list(Visit.objects.filter(sheets=None).order_by("pk").values_list("pk", flat=True))
    of_visit = Q(item="") | Q(role="signature", item__in=["inspector", "unit"])
    for start in range(0, len(waiting), PORTION):
        ids = waiting[start : start + PORTION]
        visits = Visit.objects.filter(pk__in=ids)
        Sheet.objects.bulk_create(
            Sheet(id=one.pk, visit=one, position=0, version_id=one.version_id, answers=one.answers, notes=one.notes)
            for one in visits
        )
        VisitFile.objects.filter(visit__in=ids).exclude(of_visit).update(sheet_id=F("visit_id"))


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0003_sheets"),
    ]

    operations = [
        migrations.RunPython(give_sheets, migrations.RunPython.noop, elidable=True),
    ]
