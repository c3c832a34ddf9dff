"""Exports of other systems are recognised, and their columns find their place."""

import pytest

from intake import presets
from intake.mapping import check
from intake.recognising import plain, recognised
from tests.intake.conftest import SHARED, import_file, upload

pytestmark = pytest.mark.django_db

# The header of one export of each system; a target is what some of its columns must become.
HEADERS = {
    "hubspot": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,"
    "Marketing contact status,Create Date,Associated Company,Associated Company IDs",
    "salesforce_report": "Lead Owner,First Name,Last Name,Title,Company / Account,Lead Source,"
    "Rating,Street,Email,Email Opt Out",
    "salesforce_loader": "ID,ISDELETED,MASTERRECORDID,LASTNAME,FIRSTNAME,SALUTATION,NAME,TITLE,"
    "COMPANY,STREET,CITY,STATE,POSTALCODE,COUNTRY,PHONE,MOBILEPHONE,FAX,EMAIL,WEBSITE,DESCRIPTION,"
    "LEADSOURCE,STATUS,INDUSTRY,RATING,ANNUALREVENUE,NUMBEROFEMPLOYEES,OWNERID,"
    "HASOPTEDOUTOFEMAIL,ISCONVERTED,CONVERTEDDATE,CREATEDDATE,SYSTEMMODSTAMP",
    "facebook": "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,"
    "form_id,form_name,is_organic,platform,full_name,phone_number,work_email,company_name",
    "linkedin": "Lead ID,Campaign Name,Creative Name,Form Name,First Name,Last Name,Email Address,"
    "Phone Number,Job Title,Company Name,Country",
    "google": "Lead ID,Form ID,Campaign ID,Adgroup ID,Creative ID,GCLID,Full Name,User Email,"
    "User Phone,Company Name,City",
    "mautic": "title,firstname,lastname,city,zipcode,country,email,phone,company,website,points",
    "odoo": "External ID,Opportunity,Contact Name,Company Name,Email,Phone,Job Position,City,"
    "Country,Salesperson,Sales Team,Stage,Expected Revenue,Probability,Source,Lost Reason",
    "zoho": "LEADID,Last Name,Company,Lead Owner,Email,Mobile,Website,Industry,Lead Source,"
    "Lead Status,Created Time,CONVERTED",
    "apollo": "First Name,Last Name,Title,Company Name,Email,Email Status,Work Direct Phone,"
    "Mobile Phone,Corporate Phone,# Employees,Industry,Person Linkedin Url,Website,Country,"
    "Company City,Company Country,Annual Revenue,Apollo Contact Id,Apollo Account Id",
    "zoominfo": "ZoomInfo Contact ID,Last Name,First Name,Job Title,Management Level,"
    "Direct Phone Number,Email Address,Mobile phone,Contact Accuracy Score,Company Name,Website,"
    "Revenue (in 000s USD),Employees,Primary Industry,Company City,Company Country,Country",
    "suitecrm": "First Name,Last Name,ID,Salutation,Job Title,Account Name,Email Address,Mobile,"
    "Office Phone,Primary Address Street,Primary Address City,Primary Address Country,Lead Source,"
    "Assigned to,Date Created,Date Modified,Deleted",
}
IDS = {
    "hubspot": "Record ID",
    "salesforce_report": None,
    "salesforce_loader": "ID",
    "facebook": "id",
    "mautic": None,
    "odoo": "External ID",
    "zoho": "LEADID",
    "apollo": "Apollo Contact Id",
    "zoominfo": "ZoomInfo Contact ID",
    "suitecrm": "ID",
    "linkedin": "Lead ID",
    "google": "Lead ID",
}


def filled(header):
    """A file with a value in each column."""
    cells = {"email": "a@example.com", "website": "acme.example"}
    names = header.split(",")
    row = [next((cells[key] for key in cells if key in name.lower()), "x") for name in names]
    return f"{header}\n{','.join(row)}\n"


@pytest.mark.parametrize("code", presets.PRESETS)
def test_each_system_is_recognised_and_its_columns_fit(code):
    job = upload(filled(HEADERS[code]))
    assert (job.preset, job.system) == (code, presets.PRESETS[code].system)
    to = {name: entry["to"] for name, entry in job.mapping["columns"].items()}
    by_target = {target: name for name, target in to.items()}
    assert by_target.get("lead.external_id") == IDS[code]
    assert {"lead.email", "company.name"} <= by_target.keys()
    assert {"lead.last_name", "lead.name"} & by_target.keys()
    check(job.mapping, job.columns)


def test_every_preset_names_targets_that_exist():
    from intake.targets import FIELDS

    for preset in presets.PRESETS.values():
        assert set(preset.to.values()) <= {*FIELDS, "", "attr"}
        assert all(key == plain(key) for key in (*preset.to, *preset.has, *preset.any_of))


@pytest.mark.parametrize(
    "header", ["Email,First Name,Last Name,Company,Phone", "Record ID,Email", "Lead ID,Company"]
)
def test_a_file_of_nobody_is_taken_for_no_export(header):
    assert recognised(header.split(",")) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("facebook_lead_ads_utf16", "facebook"),
        ("hubspot_contacts", "hubspot"),
        ("mautic_contacts", "mautic"),
        ("odoo_leads", "odoo"),
        ("salesforce_leads_report", "salesforce_report"),
        ("zoho_leads", "zoho"),
    ],
)
def test_real_exports_are_recognised(shared, name, code):
    job = import_file((SHARED / f"exports/{name}.csv").read_bytes())
    assert job.preset == code
    assert job.failed == 0


def test_what_an_outcome_told_is_barred_from_rules():
    job = upload(filled(HEADERS["odoo"]))
    known = {name: entry.get("known_since") for name, entry in job.mapping["columns"].items()}
    assert known["Stage"] == known["Lost Reason"] == known["Probability"] == "after_outcome"
    assert known["Opportunity"] == "unknown"


def test_codes_of_a_system_get_their_words():
    job = upload(filled(HEADERS["facebook"]))
    assert job.mapping["columns"]["platform"]["values"]["ig"] == "Instagram"


def test_of_two_columns_for_one_field_the_one_with_values_is_taken():
    header = "Record ID,Email,Phone Number,Mobile Phone Number,Contact owner"
    job = upload(f"{header}\n1,a@example.com,,+49301,x\n")
    to = {name: entry["to"] for name, entry in job.mapping["columns"].items()}
    assert (to["Mobile Phone Number"], to["Phone Number"]) == ("lead.phone", "")


def test_a_salutation_is_no_job():
    job = upload(filled(HEADERS["mautic"]))
    assert job.mapping["columns"]["title"]["to"] == "attr.title"
