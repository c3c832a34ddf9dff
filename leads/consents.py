"""What a person allows. The ledger is the truth, Lead.consent_basis its short form for conditions.

Entries are only added; of a purpose the newest by `happened_at` stands. The column repeats the
newest entry that stands and lets us contact the person, "" when none does. Both are written here,
in one transaction, whichever comes first. To withdraw marketing mail is not to ask for silence:
Lead.do_not_contact is another fact, and nothing here touches it.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from leads import deliver
from leads.conditions.fields import Field, Rows
from leads.models import Consent, Lead

Purpose, Basis = Consent.Purpose, Consent.Basis
CONTACT = (Purpose.MARKETING_EMAIL, Purpose.PHONE)  # the others do not let us write or call
FACTS = [
    Field(
        f"consent.{purpose}",
        f"consent: {purpose.label.lower()}",
        "boolean",
        rows=Rows(Consent, "given", "recorded_at", {"purpose": purpose.value}, "happened_at"),
    )
    for purpose in Purpose
]


@transaction.atomic
def record(consents, *, now):
    """Add these entries (Consent rows, unsaved) to the ledger, and let the column follow. The
    caller says by `changes.recording` which door they came through."""
    ids = sorted({one.lead_id for one in consents})
    list(Lead.objects.raw(_LOCKED, [ids]))  # or two at once would each miss the other's entry
    for one in consents:
        one.recorded_at = now
    Consent.objects.bulk_create(consents, batch_size=1_000)
    _execute(_SHORTEN, {"leads": ids})
    deliver.follow("changed", ids)
    deliver.announce("changed")


@transaction.atomic
def follow(lead_ids, *, source, now, by=None):
    """The column was written (an import, an edit): let the ledger say so, too. Any number of leads
    in one statement, and nothing for those whose column says what the ledger says already.

    A text is consent to marketing mail, on the basis that it names; an emptied column withdraws
    what stood.
    """
    said = {"source": source[:80], "by": by and by.pk, "now": now}
    return _execute(_FOLLOW, {"leads": list(lead_ids), **said})


def standing(lead_id, *, as_of=None):
    """{purpose: the entry that stands}; `as_of`: by what had happened, and was known, by then."""
    known = Q(happened_at__lte=as_of, recorded_at__lte=as_of) if as_of else Q()
    entries = Consent.objects.filter(known, lead=lead_id).select_related("by")
    newest = entries.order_by("purpose", "-happened_at", "-pk").distinct("purpose")
    return {entry.purpose: entry for entry in newest}


def standing_of_lead():
    """The same as [{purpose, given, basis, version, at}], as a column of leads."""
    mine = Consent.objects.filter(lead=OuterRef("pk"))
    newest = mine.order_by("purpose", "-happened_at", "-pk").distinct("purpose")
    said = JSONObject(
        purpose="purpose", given="given", basis="basis", version="text_version", at="happened_at"
    )
    return ArraySubquery(newest.values(one=said))


def differing():
    """The ids of leads whose column is not what the ledger says: an empty list is right."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        return [pk for (pk,) in cursor.fetchall()]


def _execute(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_LABELS = " ".join(f"WHEN '{basis.value}' THEN '{basis.label}'" for basis in Basis)
_CONTACT = ", ".join(f"'{purpose.value}'" for purpose in CONTACT)
# What an entry is in short: the words that it was told by, else its basis and what was read.
_SHORT = f"""left(coalesce(nullif(proof->>'said', ''),
    CASE basis {_LABELS} END || CASE text_version WHEN '' THEN '' ELSE ', ' || text_version END
), 120)"""
# Of each lead and purpose the entry that stands; `l` is the lead around it.
_STANDS = f"""
    SELECT DISTINCT ON (purpose) purpose, given, happened_at, id, {_SHORT} AS short
    FROM leads_consent WHERE lead_id = l.id AND purpose IN ({_CONTACT})
    ORDER BY purpose, happened_at DESC, id DESC
"""  # noqa: S608  (our own names)
_IN_SHORT = f"""coalesce((
    SELECT short FROM ({_STANDS}) s WHERE given ORDER BY happened_at DESC, id DESC LIMIT 1
), '')"""  # noqa: S608
_DIFFERING = f"SELECT id FROM leads_lead l WHERE erased_at IS NULL AND consent_basis <> {_IN_SHORT}"  # noqa: S608
_SHORTEN = f"""
    UPDATE leads_lead l SET consent_basis = {_IN_SHORT}
    WHERE id = ANY(%(leads)s) AND consent_basis <> {_IN_SHORT}
"""  # noqa: S608
_FOLLOW = f"""
    WITH told AS (
        SELECT l.id, l.consent_basis AS said FROM leads_lead l
        WHERE l.id = ANY(%(leads)s) AND l.erased_at IS NULL AND l.consent_basis <> {_IN_SHORT}
    ), entries AS (
        SELECT id, '{Purpose.MARKETING_EMAIL.value}' AS purpose, true AS given, CASE
            WHEN said ~* 'contract' THEN '{Basis.CONTRACT.value}'
            WHEN said ~* 'legitimate|interest' THEN '{Basis.INTEREST.value}'
            ELSE '{Basis.CONSENT.value}' END AS basis, jsonb_build_object('said', said) AS proof
        FROM told WHERE said <> ''
        UNION ALL
        SELECT l.id, s.purpose, false, '{Basis.CONSENT.value}', '{{}}'
        FROM told l, LATERAL ({_STANDS}) s WHERE said = '' AND s.given
    )
    INSERT INTO leads_consent (lead_id, purpose, given, basis, text_version, text, proof, source,
        by_id, happened_at, recorded_at)
    SELECT id, purpose, given, basis, '', '', proof, %(source)s, %(by)s, %(now)s, %(now)s
    FROM entries
"""  # noqa: S608
