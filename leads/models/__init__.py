"""The tables of the core. Each module holds one idea; import the models from here."""

from leads.models.activity import Activity, Touch
from leads.models.attribute import Attribute, LeadAttributes
from leads.models.bot import BotAgent, BotRule
from leads.models.campaign import Campaign, CampaignCost
from leads.models.change import FieldChange, StaleLead
from leads.models.company import Company
from leads.models.consent import Consent
from leads.models.cycle import Cycle
from leads.models.duplicate import DuplicateKey, DuplicatePair, DuplicateSearch
from leads.models.event import LeadEvent
from leads.models.identity import ExternalId, Tombstone
from leads.models.lead import Lead
from leads.models.merge import Merge
from leads.models.retention import RetentionRule, RetentionRun
from leads.models.view import SavedView

__all__ = [
    "Activity",
    "Attribute",
    "BotAgent",
    "BotRule",
    "Campaign",
    "CampaignCost",
    "Company",
    "Consent",
    "Cycle",
    "DuplicateKey",
    "DuplicatePair",
    "DuplicateSearch",
    "ExternalId",
    "FieldChange",
    "Lead",
    "LeadAttributes",
    "LeadEvent",
    "Merge",
    "RetentionRule",
    "RetentionRun",
    "SavedView",
    "StaleLead",
    "Tombstone",
    "Touch",
]
