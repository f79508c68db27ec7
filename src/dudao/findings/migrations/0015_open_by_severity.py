from django.db import migrations, models

OPEN = (
    "RECORDED", "REFERRED", "NOTIFIED", "RECEIVED", "RECTIFYING", "REPORTED", "RETURNED", "OBJECTED", "VERIFIED",
)


class Migration(migrations.Migration):
    dependencies = [("findings", "0014_found_by_region_and_text")]
    operations = [
        migrations.AddIndex(
            "finding",
            models.Index(
                fields=["severity", "region"],
                name="finding_open_by_severity",
                condition=models.Q(state__in=OPEN),
            ),
        ),
    ]
