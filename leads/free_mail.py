"""Domains where anybody gets an address: such an address says nothing of a company."""

from pathlib import Path

FREE_MAIL = frozenset(Path(__file__).with_suffix(".txt").read_text().split())


def company_domain(email):
    """The domain of an address when it can be a company's, else ""."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain
