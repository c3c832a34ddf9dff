from django.db import migrations, models

# Before, a merge closed the cycle of the loser as disqualified.
_SAY_MERGED = """
    UPDATE leads_cycle c SET outcome = 'merged' FROM leads_leadevent e
    WHERE e.lead_id = c.lead_id AND e.name = 'disqualify' AND e.details ? 'into'
        AND c.outcome = 'disqualified' AND c.closed_at = e.happened_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0015_duplicates"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cycle",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("won", "Won"),
                    ("lost", "Lost"),
                    ("rejected", "Rejected by sales"),
                    ("recycled", "Given to nurture"),
                    ("disqualified", "Disqualified"),
                    ("demoted", "Demoted"),
                    ("merged", "Merged into another lead"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="cycle",
            index=models.Index(
                condition=models.Q(("campaign_id__isnull", False)),
                fields=["campaign_id"],
                name="cycle_of_campaign",
            ),
        ),
        migrations.RunSQL(_SAY_MERGED, migrations.RunSQL.noop),
    ]
