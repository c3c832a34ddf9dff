"""Who comes in and what they do: leads, companies and activities, drawn from a seeded source."""

from dataclasses import dataclass
from datetime import timedelta

from leadops.demo import countries, names, twins
from leads.capture import capture
from leads.models import Activity, Campaign, CampaignCost, Company, Lead
from leads.searching import fold

MONTHS = 6


@dataclass
class Person:
    """A lead of the market: `warmth` (0–1) is what no score sees and every outcome follows."""

    lead_id: int
    warmth: float
    born_at: object


class Market:
    """Draws from `random`; remembers the companies, so that colleagues work at the same ones, and
    the people, of whom some come twice (`doubling`, a source of its own: it changes nothing else).
    """

    def __init__(self, random, *, doubling, since):
        self.random, self.doubling = random, doubling
        self.companies, self.people, self.addresses, self.domains = [], [], set(), set()
        self.campaigns = {
            source: _campaign(source, *facts, since) for source, facts in names.CAMPAIGNS.items()
        }

    def arrival(self, now):
        """One new lead, captured at `now`."""
        code, country = countries.pick(self.random)
        facts = self._facts(code, country, now)
        if self.people and self.doubling.random() < twins.SHARE:
            facts |= twins.again(self.doubling, self.doubling.choice(self.people))
        else:
            self.people.append({name: facts[name] for name in _OF_A_PERSON})
        email = self._address(facts.pop("mailbox"), facts.pop("domain"))
        lead = capture(now=now, email=email, **facts)
        return Person(lead.pk, self._warmth(facts["company"], facts["job_title"]), now)

    def visits(self, person, now):
        """What this person does around `now`; some of it becomes known days later."""
        kinds = [("page_view", 10), ("email_open", 5), ("email_click", 3), ("download", 2)]
        if self.random.random() < person.warmth:
            kinds += [("webinar", 2), ("form", 2), ("email_reply", 1)]
        if self.random.random() < person.warmth / 7:
            kinds += [("demo_request", 3), ("contact_request", 2)]
        found = []
        for _ in range(1 + int(self.random.expovariate(1 / (0.3 + 2 * person.warmth)))):
            done = self._activity(person.lead_id, _weighted(self.random, kinds), now)
            scanned = done.kind == "email_click" and self.random.random() < 0.08
            found += self._scan(done) if scanned else [done]
        return found

    def edit(self, lead_id):
        """Somebody corrects a fact: a title, or the size of the company."""
        lead = Lead.objects.select_related("company").get(pk=lead_id)
        if lead.company and self.random.random() < 0.4:
            lead.company.employees = int((lead.company.employees or 80) * 1.3) + 1
            lead.company.save(update_fields=["employees"])
        else:
            Lead.objects.filter(pk=lead_id).update(job_title=_weighted(self.random, names.TITLES))

    def phone(self, code):
        return f"{countries.COUNTRIES[code].phone} {self.random.randint(10_000, 99_999)}"

    def _facts(self, code, country, now):
        first, last = self.random.choice(country.firsts), self.random.choice(country.lasts)
        company = self._company(code, country, now)
        source = _weighted(self.random, names.SOURCES)
        halls = {"halls": self.random.randint(1, 9)} if self.random.random() < 0.6 else {}
        return {
            "first_name": first,
            "last_name": last,
            "mailbox": (first, last),
            "domain": company.domain if self.random.random() < 0.93 else "gmail.example",
            "phone": self.phone(code) if self.random.random() < 0.88 else "",
            "job_title": _weighted(self.random, names.TITLES),
            "city": self.random.choice(country.towns),
            "country": code,
            "company": company,
            "interest": self.random.choice(names.INTERESTS),
            "source": source,
            "campaign": self.campaigns.get(source),
            "consent_basis": "form, privacy text v3" if self.random.random() < 0.9 else "",
            "attributes": halls,
        }

    def _address(self, mailbox, domain):
        """A number tells people of one name apart."""
        return _free(".".join(map(_ascii, mailbox)), f"@{domain}", self.addresses)

    def _activity(self, lead_id, kind, now):
        subjects = {
            "page_view": names.PAGES,
            "download": names.DOWNLOADS,
            "webinar": names.WEBINARS,
            "email_open": names.MAILS,
            "email_click": names.MAILS,
            "email_reply": names.MAILS,
        }.get(kind, [""])
        # Lists of participants arrive late: known days after it happened.
        late = timedelta(days=self.random.randint(1, 4)) if kind == "webinar" else timedelta()
        happened_at = now - late - timedelta(minutes=self.random.randint(1, 400))
        properties = {"link": self.random.choice(names.LINKS)} if kind == "email_click" else {}
        return Activity(
            lead_id=lead_id,
            kind=kind,
            subject=self.random.choice(subjects),
            happened_at=happened_at,
            recorded_at=now,
            properties=properties,
            source="website" if kind == "page_view" else "marketing",
        )

    def _scan(self, click):
        """Not the reader but a mail gateway: it follows every link of the email at once."""
        return [
            Activity(
                lead_id=click.lead_id,
                kind="email_click",
                subject=click.subject,
                happened_at=click.happened_at + timedelta(seconds=seconds),
                recorded_at=click.recorded_at,
                properties={"link": link},
                source="marketing",
            )
            for seconds, link in enumerate(names.LINKS)
        ]

    def _company(self, code, country, now):
        here = [one for one in self.companies[-400:] if one.country == code]
        if here and self.random.random() < 0.42:
            return self.random.choice(here)
        branch = self.random.choice(list(names.BRANCHES))
        word = self.random.choice(names.BRANCHES[branch].split())
        stem = self.random.choice(names.STEMS.split())
        company = Company.objects.create(
            name=f"{stem} {word} {self.random.choice(country.endings)}",
            domain=_free(f"{_ascii(stem)}-{_ascii(word)}", ".example", self.domains),
            industry=branch,
            employees=int(self.random.lognormvariate(5.2, 1.1)) + 3,
            country=code,
            city=self.random.choice(country.towns),
            relationship="competitor" if self.random.random() < 0.02 else "prospect",
            created_at=now,
        )
        self.companies.append(company)
        return company

    def _warmth(self, company, title):
        base = self.random.betavariate(1.4, 3.2)
        fits = company.industry not in ("Software", "Consulting") and company.employees >= 50
        decides = any(word in title for word in ("Manager", "Director", "Head"))
        return min(1.0, base + 0.18 * fits + 0.14 * decides)


def _campaign(source, name, channel, cost, since):
    """Half a year of it, paid in as many parts as there are months."""
    word = source.partition(":")[0].replace(" ", "-").lower()
    campaign = Campaign.objects.create(
        name=name, channel=channel, starts_on=since, utm_source=f"{word}*"
    )
    CampaignCost.objects.bulk_create(
        CampaignCost(campaign=campaign, on=since + timedelta(days=30 * n), amount=cost // MONTHS)
        for n in range(MONTHS)
    )
    return campaign


def _weighted(random, pairs):
    return random.choices([one for one, _ in pairs], [weight for _, weight in pairs])[0]


def _ascii(word):
    return "".join(char for char in fold(word) if char.isalnum() and char.isascii())


def _free(name, after, taken):
    """name + after, with a number between them where that is taken already."""
    found, n = name + after, 1
    while found in taken:
        n += 1
        found = f"{name}{n}{after}"
    taken.add(found)
    return found


# What a person brings again; the rest tells how they came in.
_OF_A_PERSON = [
    *("first_name", "last_name", "mailbox", "domain", "phone"),
    *("job_title", "city", "country", "company", "consent_basis"),
]
