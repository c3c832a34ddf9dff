"""What an import did can be put back, and rows may be skipped with a reason."""

from django.db import migrations, models

SUBJECTS = ["lead", "attributes", "company", "activity", "event", "cost", "attribute", "identity"]


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_sheets")]

    operations = [
        migrations.AddField("importjob", "undo_total", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "importjob", "undone_to", models.BigIntegerField(blank=True, null=True)
        ),
        migrations.AddField("importjob", "undone", models.PositiveIntegerField(default=0)),
        migrations.AddField("importjob", "kept", models.PositiveIntegerField(default=0)),
        migrations.AddField("rejectedrow", "skipped", models.BooleanField(default=False)),
        migrations.AddField(
            "importchange",
            "kept",
            models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AlterField(
            "importchange",
            "subject",
            models.CharField(
                choices=[(name, name.capitalize()) for name in SUBJECTS], max_length=10
            ),
        ),
        migrations.RemoveConstraint("importchange", "change_subject_known"),
        migrations.AddConstraint(
            "importchange",
            models.CheckConstraint(
                name="change_subject_known", condition=models.Q(subject__in=SUBJECTS)
            ),
        ),
        *(
            migrations.AddField("stagedrow", name, field, preserve_default=False)
            for name, field in {
                "line": models.PositiveIntegerField(default=0),
                "email_domain": models.CharField(default="", max_length=254),
                "phone": models.CharField(default="", max_length=20),
            }.items()
        ),
        migrations.AddIndex(
            "stagedrow",
            models.Index(
                condition=models.Q(("phone", ""), _negated=True),
                fields=["job", "phone"],
                name="staged_by_phone",
            ),
        ),
    ]
