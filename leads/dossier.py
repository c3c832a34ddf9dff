"""Everything about a person, for the person: as JSON for machines and as a page to read.

Every table that points to the person's leads is in it (leads/personal.py), and what other apps keep
beside (settings.PERSONAL_BESIDE). Colleagues are named, other people are not.
"""

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.text import capfirst

from accounts.models import User
from leads import erasing, personal
from leads.models import Campaign, Company, FieldChange, Lead


def collect(lead, *, now):
    """{title, at, tables: [{title, columns, rows: [{column: value}]}]} of the lead and of all that
    were merged with it; tables without a row are left out."""
    ids = erasing.persons([lead.pk])
    keys = erasing.keys_of(Lead.objects.filter(pk__in=ids))
    people = {user.pk: user.display_name for user in User.objects.all()}
    found = [
        (capfirst(table.model._meta.verbose_name_plural), _plain(table.rows(ids), people))
        for table in personal.tables()
    ]
    for path in settings.PERSONAL_BESIDE:
        found += import_string(path)(ids, keys)
    tables = [
        {"title": str(title), "columns": list(rows[0]), "rows": rows}
        for title, rows in found
        if rows
    ]
    return {"title": lead.title, "at": now, "tables": tables}


def packed(found):
    """A zip with the two of them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        said = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("everything.json", said)
        archive.writestr("everything.html", render_to_string("leads/dossier.html", _shown(found)))
    return file.getvalue()


def beside(lead_ids, keys):
    """What was known of them when, and the company and the campaigns that their rows name."""
    leads = Lead.objects.filter(pk__in=lead_ids)
    changes = FieldChange.objects.filter(subject__in=["lead", "attr"], subject_id__in=lead_ids)
    yield "Changes of facts", as_rows(changes.order_by("pk"))
    yield "Companies", as_rows(Company.objects.filter(leads__in=leads).distinct().order_by("pk"))
    touched = Campaign.objects.filter(touch__lead__in=lead_ids) | Campaign.objects.filter(
        lead__in=lead_ids
    )
    yield "Campaigns", list(touched.distinct().order_by("pk").values("name", "channel"))


def as_rows(queryset):
    """[{column: value}] of all columns that hold something to read."""
    return _plain(queryset, {})


def _plain(queryset, people):
    columns = [
        one
        for one in queryset.model._meta.concrete_fields
        if not isinstance(one, SearchVectorField)
    ]
    return [{one.name: _value(row, one, people) for one in columns} for row in queryset.iterator()]


def _value(row, column, people):
    value = getattr(row, column.attname)
    if column.related_model is User:
        return people.get(value, value)
    if column.choices and value is not None:
        return str(getattr(row, f"get_{column.name}_display")())
    if value is None or isinstance(value, bool | int | str | dict | list | datetime | Decimal):
        return value
    return str(value)


def _shown(found):
    """The same as texts, a row as a list in the order of the columns, nothing as "–"."""
    tables = [
        table | {"rows": [[_text(value) for value in row.values()] for row in table["rows"]]}
        for table in found["tables"]
    ]
    return found | {"tables": tables}


def _text(value):
    if value in (None, "", {}, []):
        return "–"
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
