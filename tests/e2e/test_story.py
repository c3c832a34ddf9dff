"""The main job, with a real worker: file, review, handoff, reject, and the story that remains."""

import csv
import gzip
import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from leads.lifecycle import MQL
from leads.models import Attribute, Lead, StaleLead

SHARED = Path(__file__).parents[3] / "shared/data/x-education/train.csv.gz"
OURS = 600  # rows of the file that is made where the shared one is absent


@pytest.fixture(scope="module")
def enquiries(tmp_path_factory):
    """(path, rows) of the enquiries of an online school."""
    if SHARED.exists():
        return SHARED, 6_468
    path = tmp_path_factory.mktemp("file") / "enquiries.csv.gz"
    chance = random.Random(7)
    with gzip.open(path, "wt", newline="") as file:
        table = csv.writer(file)
        table.writerow(_HEADER)
        table.writerows(_enquiry(number, chance) for number in range(OURS))
    return path, OURS


@pytest.mark.timeout(150)
def test_from_a_file_to_a_rejected_handoff(tab, market, worker, enquiries):
    path, rows = enquiries
    market.sign("education")
    marketer, rep = tab(market.ivana), tab(market.tomas)
    import_file(marketer, path, rows)
    lead = hand_off_the_best(marketer)
    reject(rep, lead)
    marketer.goto(f"/leads/{lead}/")
    story = marketer.locator("#timeline").inner_text()
    for word in ("Handed off", "Rejected", "low intent", "content only"):
        assert word.lower() in story.lower(), story


def import_file(page, path, rows):
    page.goto("/imports/")
    page.get_by_label("CSV or Excel file").set_input_files(path)
    page.get_by_role("button", name="Upload and map columns").click()
    known = page.get_by_label("Known since: Converted")
    known.select_option("after_outcome")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="See the leads").wait_for(timeout=60_000)
    totals = page.locator("#progress tbody").inner_text().split()
    assert [text.replace(",", "") for text in totals] == [str(rows), *"0000", str(rows)]
    assert Lead.objects.count() == rows
    assert Attribute.objects.get(code="converted").known_since == "after_outcome"


def hand_off_the_best(page):
    """Once the scheduler has had all new leads judged. Returns the lead that A handed off."""
    while StaleLead.objects.exists():
        page.wait_for_timeout(500)
    if SHARED.exists():
        assert 300 <= Lead.objects.filter(stage=MQL).count() <= 800
    page.goto("/review/")
    best = page.locator("[data-row]").first.get_attribute("data-row")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("Handed off")
    expect(page.locator(f"#row-{best}")).to_have_count(0)
    return best


def reject(page, lead):
    """In three keys."""
    page.goto("/inbox/")
    card = page.locator(f"#offer-{lead}")
    card.wait_for()
    for key in reject_keys(card, "Low intent", "Content only"):
        page.keyboard.press(key)
    expect(page.locator("#toasts")).to_contain_text("Rejected")
    expect(card).to_have_count(0)


def reject_keys(card, reason, detail):
    """R, the letter beside the reason, the number beside the detail."""
    letter = card.locator("label.reason", has_text=reason).locator("kbd").text_content()
    number = card.locator("label.form-selectgroup-item", has_text=detail).locator("kbd")
    return ["r", letter.lower(), number.text_content()]


_HEADER = [
    "Email", "Prospect ID", "Lead Origin", "Lead Source", "Do Not Email", "Converted",
    "TotalVisits", "Total Time Spent on Website", "Page Views Per Visit", "Specialization",
    "What is your current occupation", "City",
]  # fmt: skip


def _enquiry(number, chance):
    return [
        f"prospect{number}@lead.example.com", f"prospect-{number}",
        chance.choice(["Landing Page Submission", "API", "Lead Add Form"]),
        chance.choice(["Google", "Olark Chat", "Reference"]), "No", chance.choice("01"),
        chance.randint(0, 9), chance.randint(0, 2_000), chance.randint(1, 5),
        chance.choice(["Select", "Finance"]),
        chance.choice(["Unemployed", "Student", "Working Professional"]), "Mumbai",
    ]  # fmt: skip
