import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0003_sheets"),
        ("findings", "0002_begin"),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="sheet",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="inspections.sheet"),
        ),
    ]
