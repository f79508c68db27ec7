from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_staff_of_units'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='pin_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200),
        ),
    ]
