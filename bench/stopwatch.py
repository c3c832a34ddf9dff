"""Says with each answer how long the server took and how many queries it asked."""

import json
import time

from django.db import connection
from django.http import HttpResponse


class Stopwatch:
    """`Server-Timing: app;dur=<ms>, cpu;dur=<ms>, db;dur=<ms>;desc=<queries>` on every response.

    `cpu` is what our own code computed: on a busy machine the figure that can be compared.

    Asked with `X-Queries: yes`, it answers with the queries instead: [[ms, sql], …].
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = []

        def timed(execute, sql, params, many, context):
            begun = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                asked.append(((time.perf_counter() - begun) * 1000, str(sql)))

        begun, computed = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(timed):
            response = self.get_response(request)
        took = (time.perf_counter() - begun) * 1000
        cpu = (time.thread_time() - computed) * 1000
        if "X-Queries" in request.headers:
            response = HttpResponse(json.dumps(asked), content_type="application/json")
        spent = sum(ms for ms, _sql in asked)
        timing = f"app;dur={took:.2f}, cpu;dur={cpu:.2f}, db;dur={spent:.2f};desc={len(asked)}"
        response["Server-Timing"] = timing
        return response
