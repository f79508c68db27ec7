"""Nothing reads or writes the column any more; it stays in the database until the next release, empty for new problems."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("findings", "0006_handling_of_past_problems"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterField("finding", "settled_on_spot", models.BooleanField(null=True))],
            state_operations=[migrations.RemoveField("finding", "settled_on_spot")],
        ),
    ]
