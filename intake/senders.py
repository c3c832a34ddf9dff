"""Where a submission comes from: whose machine, on which page, by which link."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.utils.crypto import salted_hmac

from accounts import rates

_UTM = {"source": 100, "medium": 100, "campaign": 120, "term": 200, "content": 200}


@dataclass
class Sender:
    """Columns of a Submission."""

    address: str
    site: str
    user_agent: str = ""
    page: str = ""
    referrer: str = ""
    utm: dict | None = None
    visitor: str = ""


def sender(request):
    """Of a POST; page, referrer and visitor are what the form on the page says."""
    said, page = request.POST, plain(request.POST.get("page"), 2_000)
    return Sender(
        address=salted_hmac(
            "intake.address", rates.address(request), algorithm="sha256"
        ).hexdigest(),
        site=f"{request.scheme}://{request.get_host()}",
        user_agent=plain(request.headers.get("User-Agent"), 300),
        page=page[:500],
        referrer=plain(said.get("referrer"), 500),
        utm=utm_of(page),
        visitor=plain(said.get("visitor"), 64),
    )


def utm_of(page):
    """{source, medium, campaign, term, content}: what the address of a page says of them."""
    try:
        said = parse_qs(urlsplit(page).query, max_num_fields=200)
    except ValueError:
        return {}
    found = {name: plain(said.get(f"utm_{name}", [""])[0], most) for name, most in _UTM.items()}
    return {name: value for name, value in found.items() if value}


def plain(text, most):
    """One line that a database can hold."""
    return "".join(char for char in text or "" if char.isprintable()).strip()[:most]
