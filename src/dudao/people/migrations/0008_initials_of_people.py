from django.db import migrations, models

PORTION = 500


def fill_in(apps, schema_editor):
    """Everybody's initials, by which they are looked for from now on."""
    User = apps.get_model("people", "User")
    nameless = User.objects.filter(initials="").order_by("pk")
    after = 0
    while some := list(nameless.filter(pk__gt=after).only("pk", "name")[:PORTION]):
        from pypinyin import Style, lazy_pinyin  # big: an empty database does without

        for one in some:
            one.initials = "".join(lazy_pinyin(one.name, style=Style.FIRST_LETTER)).lower()[:100]
        User.objects.bulk_update(some, ["initials"])
        after = some[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0007_pins_of_phones"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="initials",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
    ]
