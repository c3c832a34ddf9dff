"""What a column may become: the fields of a lead and of its company, and how others call them."""

import re
import unicodedata

LEAD = {
    "lead.email": "Email",
    "lead.external_id": "External ID",
    "lead.name": "Full name",
    "lead.first_name": "First name",
    "lead.last_name": "Last name",
    "lead.phone": "Phone",
    "lead.job_title": "Job title",
    "lead.city": "City",
    "lead.country": "Country",
    "lead.interest": "Interest",
    "lead.source": "Source",
    "lead.consent_basis": "Consent basis",
    "lead.do_not_contact": "Do not contact",
}
COMPANY = {
    "company.name": "Company name",
    "company.domain": "Company domain",
    "company.industry": "Industry",
    "company.employees": "Employees",
    "company.revenue": "Revenue",
    "company.country": "Company country",
    "company.city": "Company city",
}
ACCOUNT = {"company.relationship": "Relationship", "company.owner": "Account owner's email"}
PERSON = {
    target: LEAD[target]
    for target in (
        "lead.email",
        "lead.external_id",
        "lead.phone",
        "lead.name",
        "lead.first_name",
        "lead.last_name",
        "lead.country",
        "lead.source",
    )
}
ACTIVITY = {
    "activity.kind": "Kind of activity",
    "activity.happened_at": "When it happened",
    "activity.subject": "Subject",
    "activity.body": "Text",
    "activity.external_id": "Activity ID",
    "activity.by": "Done by (email of a user)",
    "activity.link": "Link",
    "activity.message_id": "Message ID",
    "activity.user_agent": "User agent",
}
HISTORY = {
    "history.stage": "Stage or outcome",
    "history.first_contact_at": "First contact",
    "history.became_mql_at": "Became MQL",
    "history.handed_off_at": "Handed off",
    "history.accepted_at": "Accepted by sales",
    "history.qualified_at": "Became SQL",
    "history.won_at": "Won",
    "history.lost_at": "Lost",
    "history.disqualified_at": "Disqualified",
    "history.closed_at": "Closed, whatever the outcome",
    "history.reason": "Reason",
    "history.opportunity": "Opportunity ID",
    "history.product": "Product",
    "history.amount": "Amount",
    "history.currency": "Currency",
    "history.expected_close_on": "Expected close",
    "history.owner": "Owner's email",
}
COST = {
    "cost.campaign": "Campaign",
    "cost.on": "Day or month",
    "cost.amount": "Amount in EUR",
    "cost.note": "Note",
    "cost.channel": "Channel of a new campaign",
}
FIELDS = LEAD | COMPANY
IDENTITY = ("lead.email", "lead.external_id", "lead.phone")
HISTORY_MOMENTS = (
    "history.stage",
    *(target for target in HISTORY if target.endswith("_at")),
)
TYPED = {
    "lead.email": "email",
    "lead.phone": "phone",
    "lead.name": "name",
    "lead.country": "country",
    "lead.do_not_contact": "boolean",
    "company.domain": "domain",
    "company.country": "country",
    "company.employees": "count",
    "company.revenue": "amount",
    "company.owner": "user",
    "activity.happened_at": "moment",
    "activity.by": "user",
    "cost.on": "month",
    "cost.amount": "cost",
    "history.amount": "amount",
    "history.expected_close_on": "date",
    "history.owner": "user",
} | {target: "moment" for target in HISTORY if target.endswith("_at")}
NUMBERS = ("company.employees", "company.revenue")
COMPANY_IDENTITY = ("company.name", "company.domain")

# Best first: of two columns for one field, the one whose name stands further left wins.
_CALLED = {
    "lead.email": "email|email address|e mail|work email|business email|user email|mail|"
    "emailadresse|имейл",
    "lead.external_id": "external id|record id|lead id|leadid|prospect id|contact id|mql id|id",
    "lead.first_name": "first name|firstname|given name|vorname|име|jméno",
    "lead.last_name": "last name|lastname|surname|family name|nachname|фамилия|příjmení",
    "lead.name": "full name|name|contact name|lead name|contact",
    "lead.phone": "phone|phone number|telephone|mobile|mobile phone|office phone|tel|telefon|"
    "телефон",
    "lead.job_title": "job title|title|job position|position|role",
    "lead.city": "city|town|ort|stadt|град|město",
    "lead.country": "country|country region|land|държава|země",
    "lead.interest": "interest|product interest|product of interest",
    "lead.source": "lead source|source|original source|origin",
    "lead.consent_basis": "consent basis|legal basis|consent",
    "lead.do_not_contact": "do not contact|suppressed",
    "company.name": "company name|company|company account|account name|account|organization|"
    "organisation|associated company|firma|фирма",
    "company.domain": "company domain|domain|website|company website|web site|url",
    "company.industry": "industry|branche",
    "company.employees": "employees|number of employees|no of employees|company size",
    "company.revenue": "revenue|annual revenue",
    "company.country": "company country",
    "company.city": "company city",
    "activity.kind": "activity type|type of activity|event type|type|event",
    "activity.happened_at": "activity date|occurred at|timestamp|date|time",
    "history.stage": "deal stage|opportunity stage|stage|outcome|status",
    "history.closed_at": "close date|closed date|closed at|won date",
    "history.opportunity": "deal id|opportunity id",
    "cost.campaign": "campaign name|campaign",
    "cost.on": "day|month",
    "cost.amount": "amount spent|cost|spend|spent",
}
SYNONYMS = {
    word: (rank, target)
    for target, words in _CALLED.items()
    for rank, word in enumerate(words.split("|"))
}


def words_of(header):
    """A header as plain lower-case words: "TotalVisits" and "total_visits" are "total visits"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", spaced)).strip().lower()


def synonym(header):
    """(rank, target) of a header that means a field, else None."""
    words = words_of(header)
    return SYNONYMS.get(words) or SYNONYMS.get(words.replace(" ", ""))
