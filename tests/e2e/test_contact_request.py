"""Somebody asks to be contacted: at any score it is on top of an open inbox within a minute."""

import os
import subprocess
import sys
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import StaleLead
from tests.factories import CompanyFactory, LeadFactory

# As a form would, in a process of its own; says when it was written.
ASKED = """
import sys, time
import django
django.setup()
from django.utils import timezone
from leads import activities
from leads.models import Activity
now = timezone.now()
activities.record(
    [Activity(lead_id=sys.argv[1], kind="contact_request", happened_at=now, recorded_at=now,
        body="Two halls, before summer.")]
)
print(time.time())
"""


@pytest.mark.timeout(150)
def test_it_is_on_top_within_a_minute_at_any_score(
    tab, market, worker, environment, record_property
):
    market.offers(2, market.tomas)
    company = CompanyFactory(owner=market.tomas, industry="Farming", employees=2)
    lead = LeadFactory(company=company, grade="", consent_basis="form", created_at=timezone.now())
    page = tab(market.tomas)
    page.goto("/inbox/")
    while StaleLead.objects.exists():
        page.wait_for_timeout(100)
    expect(page.locator(f"#offer-{lead.pk}")).to_have_count(0)
    command = [sys.executable, "-c", ASKED, str(lead.pk)]
    written = subprocess.run(
        command, env=os.environ | environment, check=True, capture_output=True, text=True
    )
    first = page.locator("#offers > article").first
    expect(first).to_have_id(f"offer-{lead.pk}", timeout=60_000)
    seconds = time.time() - float(written.stdout)
    record_property("seconds until it is on top", seconds)
    assert seconds < 60
    lead.refresh_from_db()
    assert lead.score < 40, "it is there at any score"
    expect(first).to_contain_text("Hand-raise")
    expect(first).to_contain_text("left of 1 h")
    expect(first).to_contain_text("first touch due")
    expect(first).to_contain_text("wrote ‘Two halls, before summer’")
