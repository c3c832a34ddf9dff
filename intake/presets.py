"""The exports of other systems, and what their columns mean; intake/recognising.py tells them.

Headers are plain letters and digits: "# Employees" is employees, "Last Name" and LASTNAME lastname.
"""

from dataclasses import dataclass, field

_PERSON = {
    "email": "lead.email",
    "firstname": "lead.first_name",
    "lastname": "lead.last_name",
    "phone": "lead.phone",
    "mobile": "lead.phone",
    "mobilephone": "lead.phone",
    "city": "lead.city",
    "country": "lead.country",
}
_COMPANY = {
    "company": "company.name",
    "companyname": "company.name",
    "website": "company.domain",
    "industry": "company.industry",
    "annualrevenue": "company.revenue",
    "employees": "company.employees",
    "noofemployees": "company.employees",
    "numberofemployees": "company.employees",
}
# What people type into a form of an advertisement.
_FORM = _PERSON | {
    "workemail": "lead.email",
    "emailaddress": "lead.email",
    "fullname": "lead.name",
    "phonenumber": "lead.phone",
    "jobtitle": "lead.job_title",
    "companyname": "company.name",
}
_NO_MORE = {"yes": "yes", "no": "no", "1": "yes", "0": "no"}


@dataclass(frozen=True)
class Preset:
    """Recognised when all `has` are there and one of `any_of`. `after`: columns that are known
    only after the outcome; `values`: {header: {cell: what it means}}. In `to`, "" is "do not
    import" and "attr" an attribute, though its name is that of a field."""

    label: str
    system: str
    has: tuple[str, ...]
    any_of: tuple[str, ...]
    to: dict[str, str]
    after: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)


PRESETS = {
    "hubspot": Preset(
        "HubSpot contacts",
        "hubspot",
        ("recordid",),
        ("lifecyclestage", "contactowner", "associatedcompany", "marketingcontactstatus"),
        _PERSON
        | _COMPANY
        | {
            "recordid": "lead.external_id",
            "phonenumber": "lead.phone",
            "mobilephonenumber": "lead.phone",
            "jobtitle": "lead.job_title",
            "countryregion": "lead.country",
            "originalsource": "lead.source",
            "originaltrafficsource": "lead.source",
            "associatedcompany": "company.name",
            "websiteurl": "company.domain",
            "companydomainname": "company.domain",
            "unsubscribedfromallemail": "lead.do_not_contact",
        },
        after=("lifecyclestage", "leadstatus", "becameacustomerdate", "closedate"),
        values={"unsubscribedfromallemail": _NO_MORE},
    ),
    "salesforce_report": Preset(
        "Salesforce report",
        "salesforce",
        ("companyaccount",),
        ("leadowner", "leadsource", "leadstatus", "rating", "leadid", "lastname"),
        _PERSON
        | _COMPANY
        | {
            "leadid": "lead.external_id",
            "title": "lead.job_title",
            "leadsource": "lead.source",
            "companyaccount": "company.name",
            "emailoptout": "lead.do_not_contact",
            "donotcall": "",
        },
        after=("leadstatus", "converted", "converteddate", "opportunityname", "opportunityamount"),
        values={"emailoptout": _NO_MORE},
    ),
    "salesforce_loader": Preset(
        "Salesforce Data Loader",
        "salesforce",
        ("lastname", "leadsource"),
        ("isdeleted", "masterrecordid", "isconverted", "systemmodstamp"),
        _PERSON
        | _COMPANY
        | {
            "id": "lead.external_id",
            "name": "",
            "title": "lead.job_title",
            "leadsource": "lead.source",
            "hasoptedoutofemail": "lead.do_not_contact",
            "isdeleted": "",
            "systemmodstamp": "",
            "lastvieweddate": "",
            "lastreferenceddate": "",
        },
        after=(
            "status",
            "isconverted",
            "converteddate",
            "convertedaccountid",
            "convertedcontactid",
            "convertedopportunityid",
        ),
        values={"hasoptedoutofemail": _NO_MORE},
    ),
    "facebook": Preset(
        "Facebook lead form",
        "facebook",
        ("createdtime", "formid", "platform"),
        ("adid", "adname", "isorganic", "formname"),
        _FORM
        | {
            "id": "lead.external_id",
            "platform": "lead.source",
            "inboxurl": "",
        },
        after=("leadstatus",),
        values={"platform": {"fb": "Facebook", "ig": "Instagram", "msg": "Messenger"}},
    ),
    "linkedin": Preset(
        "LinkedIn lead form",
        "linkedin",
        ("campaignname",),
        (
            "creativename",
            "creativeid",
            "leadgenformname",
            "leadtype",
            "testlead",
            "campaigngroupid",
        ),
        _FORM
        | {
            "leadid": "lead.external_id",
            "title": "lead.job_title",
            "company": "company.name",
            "industry": "company.industry",
        },
    ),
    "google": Preset(
        "Google lead form",
        "google",
        ("campaignid",),
        ("gclid", "googleclickid", "googlekey", "adgroupid", "leadsubmittime"),
        _FORM
        | {
            "leadid": "lead.external_id",
            "useremail": "lead.email",
            "userphone": "lead.phone",
            "googlekey": "",
            "apiversion": "",
        },
    ),
    "mautic": Preset(
        "Mautic contacts",
        "mautic",
        ("firstname", "lastname", "points"),
        ("ip", "ipaddress", "lastactive", "dateidentified", "preferredlocale", "zipcode"),
        _PERSON
        | _COMPANY
        | {"id": "lead.external_id", "title": "attr", "position": "lead.job_title"},
    ),
    "odoo": Preset(
        "Odoo leads",
        "odoo",
        ("contactname",),
        ("salesteam", "salesperson", "expectedrevenue", "lostreason", "emailfrom"),
        _PERSON
        | _COMPANY
        | {
            "externalid": "lead.external_id",
            "id": "lead.external_id",
            "contactname": "lead.name",
            "partnername": "company.name",
            "emailfrom": "lead.email",
            "jobposition": "lead.job_title",
            "function": "lead.job_title",
            "source": "lead.source",
            "sourceid": "lead.source",
        },
        after=("stage", "probability", "expectedrevenue", "expectedclosing", "lostreason"),
    ),
    "zoho": Preset(
        "Zoho CRM leads",
        "zoho",
        ("leadowner", "company", "createdtime"),
        ("leadid", "recordid", "converted", "modifiedtime", "leadstatus"),
        _PERSON
        | _COMPANY
        | {
            "leadid": "lead.external_id",
            "recordid": "lead.external_id",
            "title": "lead.job_title",
            "designation": "lead.job_title",
            "leadsource": "lead.source",
            "emailoptout": "lead.do_not_contact",
        },
        after=("leadstatus", "converted", "convertedtime", "isconverted"),
        values={"emailoptout": _NO_MORE},
    ),
    "apollo": Preset(
        "Apollo contacts",
        "apollo",
        ("personlinkedinurl",),
        ("apollocontactid", "apolloaccountid", "companylinkedinurl", "seniority", "emailstatus"),
        _PERSON
        | {
            "apollocontactid": "lead.external_id",
            "title": "lead.job_title",
            "workdirectphone": "lead.phone",
            "corporatephone": "lead.phone",
        }
        | _COMPANY
        | {"companycity": "company.city", "companycountry": "company.country"},
        after=("stage", "replied", "demoed"),
    ),
    "zoominfo": Preset(
        "ZoomInfo contacts",
        "zoominfo",
        ("companyname",),
        ("zoominfocontactid", "contactaccuracyscore", "zoominfocompanyid"),
        {
            "zoominfocontactid": "lead.external_id",
            "emailaddress": "lead.email",
            "firstname": "lead.first_name",
            "lastname": "lead.last_name",
            "jobtitle": "lead.job_title",
            "directphonenumber": "lead.phone",
            "mobilephone": "lead.phone",
            "personcity": "lead.city",
            "country": "lead.country",
            "companyname": "company.name",
            "website": "company.domain",
            "primaryindustry": "company.industry",
            "employees": "company.employees",
            "companycity": "company.city",
            "companycountry": "company.country",
        },
    ),
    "suitecrm": Preset(
        "SuiteCRM leads",
        "suitecrm",
        ("primaryaddresscity", "accountname"),
        ("assignedusername", "assigneduser", "assignedto", "datecreated", "datemodified"),
        _PERSON
        | {
            "id": "lead.external_id",
            "emailaddress": "lead.email",
            "officephone": "lead.phone",
            "title": "lead.job_title",
            "jobtitle": "lead.job_title",
            "leadsource": "lead.source",
            "primaryaddresscity": "lead.city",
            "primaryaddresscountry": "lead.country",
            "accountname": "company.name",
            "website": "company.domain",
            "deleted": "",
        },
        after=("status", "converted", "opportunityname", "opportunityamount"),
    ),
}
CHOICES = sorted(((code, one.label) for code, one in PRESETS.items()), key=lambda one: one[1])
