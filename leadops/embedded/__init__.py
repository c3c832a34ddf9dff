"""The embedded PostgreSQL as a Django database backend, for machines without a server."""
