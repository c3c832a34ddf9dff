"""A system that comes in with a key: `System(scopes=…).post("/leads", {...})`."""

import json

from django.test import Client
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey

ROOT = "/api/v1"
Scope = ApiKey.Scope
MOVES = Scope.WRITE_OUTCOMES  # needs a person


class System:
    """Without scopes named, it may everything that its person lets it."""

    def __init__(self, *scopes, name="HubSpot", acts_as=None, system="", **columns):
        key = ApiKey(
            name=name,
            scopes=list(scopes) or [one for one in Scope.values if acts_as or one != MOVES],
            acts_as=acts_as,
            system=system,
            **columns,
        )
        self.secret = keys.make(key, by=None, now=timezone.now())
        self.key = key
        self.client = Client(raise_request_exception=False)

    def get(self, path, said=None, **headers):
        return self.client.get(ROOT + path, said, headers=self._headers(headers))

    def post(self, path, body, **headers):
        """`body`: what becomes JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            ROOT + path, data, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, more):
        said = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}"} | said
