from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("findings", "0004_sheets_of_past_problems"),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="disposition",
            field=models.CharField(choices=[("NONE", "仅作提醒"), ("SMALL", "当场整改"), ("ORDINARY", "下发整改通知"), ("SERIOUS", "报督导室处理"), ("COMPLEX", "协商转办有关部门"), ("DANGER", "重大隐患，立即整改")], default="ORDINARY", max_length=10, verbose_name="处置方式"),
        ),
        migrations.AddField(
            model_name="finding",
            name="department",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="转办部门"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="finding",
            name="state",
            field=models.CharField(choices=[("RECORDED", "待下发"), ("REFERRED", "转办中"), ("NOTIFIED", "待签收"), ("RECEIVED", "已签收"), ("RECTIFYING", "整改中"), ("REPORTED", "待核查"), ("RETURNED", "退回再改"), ("VERIFIED", "待销号"), ("STRUCK_OFF", "已销号"), ("NOTED", "已提醒")], default="RECORDED", editable=False, max_length=12, verbose_name="状态"),
        ),
    ]
