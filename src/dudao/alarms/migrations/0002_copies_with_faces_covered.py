from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alarms', '0001_begin'),
    ]

    operations = [
        migrations.AddField(
            model_name='alarmphoto',
            name='masks',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
