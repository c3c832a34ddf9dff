"""Django's PostgreSQL backend that starts the embedded server when it is not there."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

from leadops.embedded.cluster import Cluster

_clusters: dict[str, Cluster] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        place = self.settings_dict["EMBEDDED"]
        cluster = _clusters.setdefault(
            place["data"], Cluster(Path(place["data"]), durable=place["durable"])
        )
        cluster.join()
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            cluster.start()
            return super().get_new_connection(conn_params)
