from django.db import migrations


def fill_in(apps, schema_editor):
    """The regions of the problems there are, region by region: a transaction each."""
    Finding = apps.get_model("findings", "Finding")
    Unit = apps.get_model("places", "Unit")
    for region in Unit.objects.order_by("region").values_list("region", flat=True).distinct():
        of_region = Unit.objects.filter(region=region).order_by().values("pk")
        Finding.objects.filter(unit__in=of_region, region=None).update(region=region)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("findings", "0012_region_of_the_unit")]
    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True)]
