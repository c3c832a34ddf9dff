"""A file in a real browser, with a real worker: an export is recognised, an attribute made on the
page, tried, imported and rolled back."""

from playwright.sync_api import expect

from intake.models import ImportJob
from leads.models import Attribute, Company, ExternalId, Lead, LeadAttributes, LeadEvent

HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Roof area m2\n"
    '51,Zoë,Müller,zoe@example.com,Ann,Lead,"1.250,5"\n'
    "52,Tomáš,O'Brien,tomas@example.org,Ann,Customer,unknown\n"
    "53,Ada,Berg,ada@example.net,Ann,Lead,unknown\n"
)


def test_an_unknown_column_of_an_export_becomes_an_attribute(tab, market, worker):
    page, before = tab(market.ivana), rows_of_leads()
    page.goto("/imports/")
    file = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": HUBSPOT.encode()}
    page.get_by_label("CSV or Excel file").set_input_files(file)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page.get_by_text("HubSpot contacts · UTF-8 · Comma")).to_be_visible()
    expect(page.get_by_label("Whose IDs")).to_have_value("hubspot")
    roof = page.get_by_role("row", name="Roof area m2")
    roof.get_by_label("Attribute").fill("roof_area")
    roof.get_by_label("Type").select_option("number")
    roof.get_by_text("2 values").press("Enter")
    roof.get_by_label("unknown").fill("")
    page.get_by_label("Decimal sign").select_option(",")
    owner = page.get_by_role("row", name="Contact owner")
    owner.get_by_label("Becomes").select_option("")
    expect(owner.get_by_label("If it has a value")).to_be_hidden()
    page.get_by_role("button", name="Dry run").press("Enter")
    expect(page.get_by_text("This is what the import would do.").first).to_be_visible(
        timeout=20_000
    )
    expect(page.get_by_text("zoe@example.com").first).to_be_visible()
    assert rows_of_leads() == before
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.get_by_role("link", name="See the leads")).to_be_visible(timeout=20_000)
    assert Attribute.objects.get(code="roof_area").kind == "number"
    assert Lead.objects.get(email="zoe@example.com").attributes.values["roof_area"] == 1250.5
    said = ImportJob.objects.get().mapping["columns"]
    assert said["Roof area m2"]["values"] == {"unknown": ""}
    assert "Contact owner" not in said
    page.get_by_role("link", name="Roll back").press("Enter")
    expect(page.get_by_role("row", name="Leads", exact=False).first).to_contain_text("3")
    page.get_by_role("button", name="Roll back").press("Enter")
    expect(page.get_by_text("Rolled back: ")).to_be_visible(timeout=20_000)
    assert rows_of_leads() == before


def test_on_a_phone_what_is_chosen_stands_in_one_line(tab, market):
    page = tab(market.ivana, phone=True)
    page.goto("/imports/")
    file = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": HUBSPOT.encode()}
    page.get_by_label("CSV or Excel file").set_input_files(file)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page.get_by_label("Whose IDs")).to_be_visible()
    left = page.locator(".mapping td > select:visible, .mapping td > input:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().left)"
    )
    assert len(left) > 7
    assert len(set(left)) == 1


def rows_of_leads():
    """All that an import may write."""
    tables = (Lead, LeadAttributes, LeadEvent, Company, Attribute, ExternalId)
    return [list(table.objects.order_by("pk").values()) for table in tables]
