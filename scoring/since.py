"""Has anything been recorded about a lead since its score? Then only the past explains it."""

from django.db.models import BooleanField, F, Func


class RecordedSince(Func):
    """Over leads: some fact, activity or touch is newer than the score.

    Its own SQL: as a Q of five EXISTS it took longer to compile than to run.
    """

    output_field = BooleanField()

    def __init__(self):
        super().__init__(F("pk"), F("company_id"), F("scored_at"))

    def as_sql(self, compiler, connection, *_args, **_options):
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        lead, company, scored_at = columns
        return f"({_SINCE.format(lead=lead, company=company, scored_at=scored_at)})", []


_SINCE = """
    EXISTS (SELECT 1 FROM leads_activity WHERE lead_id = {lead} AND recorded_at > {scored_at})
    OR EXISTS (SELECT 1 FROM leads_touch WHERE lead_id = {lead} AND recorded_at > {scored_at})
    OR EXISTS (
        SELECT 1 FROM leads_fieldchange
        WHERE subject IN ('lead', 'attr') AND subject_id = {lead} AND recorded_at > {scored_at}
    )
    OR EXISTS (
        SELECT 1 FROM leads_fieldchange
        WHERE subject = 'company' AND subject_id = {company} AND recorded_at > {scored_at}
    )
    OR EXISTS (
        SELECT 1 FROM leads_fieldchange
        WHERE subject = 'activity' AND recorded_at > {scored_at}
            AND subject_id = ANY(ARRAY(SELECT id FROM leads_activity WHERE lead_id = {lead}))
    )
"""
