"""Invented names of companies and things; nobody real. People: countries.py"""

STEMS = (
    "Halden Vlasco Harzer Norddeich Rodopi Moravia Skagen Polmet Kempen Sázava Vltava Isère "
    "Schelde Mälardal Norrland Odra Beskid Tauern Emmen Fjord Aller Weser Elbe Traun Drava"
)
BRANCHES = {
    "Manufacturing": "Maschinenbau Strojírny Verkstad Werke",
    "Metal": "Metall Zink Plåt Odlitky",
    "Food": "Molkerei Brot Seafood Konserven",
    "Plastics": "Plast Folien",
    "Textiles": "Textil Tex",
    "Paper": "Papier Karton",
    "Logistics": "Logistik Spedition",
    "Retail": "Märkte Handel",
    "Software": "Soft Data",
    "Consulting": "Consult Partner",
}
TITLES = [
    ("Head of Operations", 8),
    ("Plant Manager", 10),
    ("Energy Manager", 9),
    ("Technical Director", 7),
    ("Facility Manager", 8),
    ("Production Director", 6),
    ("Managing Director", 5),
    ("Controller", 8),
    ("Purchasing Manager", 8),
    ("Quality Engineer", 7),
    ("IT Administrator", 8),
    ("Marketing Assistant", 5),
    ("Student", 3),
    ("", 8),
]
SOURCES = [
    ("Organic search", 26),
    ("Google Ads", 18),
    ("LinkedIn Ads", 14),
    ("Newsletter", 11),
    ("Webinar: peak-load tariffs", 12),
    ("Hannover Messe", 9),
    ("Partner referral", 6),
    ("Direct", 4),
]
CAMPAIGNS = {
    "Google Ads": ("Load peaks, search", "Paid search", 14_200),
    "LinkedIn Ads": ("Energy managers DACH", "Paid social", 9_800),
    "Newsletter": ("Metering letter", "Email", 1_900),
    "Webinar: peak-load tariffs": ("Peak-load tariffs, live", "Webinar", 4_400),
    "Hannover Messe": ("Hannover Messe", "Fair", 21_000),
}
INTERESTS = ["Metering Hub", "Peak Guard", "Tariff Planner"]
PAGES = ["/", "/product", "/cases/foundry", "/blog/peak-load", "/pricing", "/calculator"]
DOWNLOADS = ["Tariff guide", "Savings checklist", "Foundry case study"]
WEBINARS = ["Peak-load tariffs", "ISO 50001 in a week", "Metering two halls"]
LINKS = ["/cases/foundry", "/pricing", "/webinars", "/unsubscribe"]  # of every email
MAILS = ["Five plants cut peak load", "Your tariff changes in spring", "What a kilowatt costs"]
NOTES = {
    "bad_timing": "Metering contract still runs; asked to be called again then.",
    "low_intent": "Only wanted the PDF for a presentation.",
    "no_authority": "The plant engineer decides, she only collects offers.",
    "no_budget": "Nothing planned for metering this year.",
    "not_our_customer": "Two offices, no production of their own.",
    "other": "Wants a reseller contract, not the product itself.",
}
EVIDENCE = {
    "budget": "“The energy line has 20 to 30 thousand left.”",
    "authority": "Signs up to 25,000; above that the board does.",
    "need": "Peak charges of 9,400 € in March, two halls not metered.",
    "timeline": "Old metering contract ends in summer.",
}
