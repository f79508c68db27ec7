"""Nothing reads or writes these columns any more; they stay in the database until the next release, empty for new visits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0004_sheets_of_past_visits"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterField("visit", "version", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="instruments.version")),
                migrations.AlterField("visit", "answers", models.JSONField(null=True)),
                migrations.AlterField("visit", "notes", models.JSONField(null=True)),
            ],
            state_operations=[
                migrations.RemoveField("visit", "version"),
                migrations.RemoveField("visit", "answers"),
                migrations.RemoveField("visit", "notes"),
            ],
        ),
    ]
