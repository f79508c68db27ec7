from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0006_covert_visits'),
    ]

    operations = [
        migrations.AddField(
            model_name='visitfile',
            name='masks',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
