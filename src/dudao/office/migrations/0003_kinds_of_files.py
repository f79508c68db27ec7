from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("office", "0002_saved_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="suffix",
            field=models.CharField(db_default="xlsx", default="xlsx", max_length=4),
        ),
    ]
