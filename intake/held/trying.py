"""The dry run of a file that is taken row by row: each chunk is taken, looked at and rolled back.

A row may say something of what an earlier chunk would have left: its own `keys` tell. Such earlier
rows are taken again before it, in the chunks in which they came. They wait in StagedRow, once for
each key: `person` is the number of the row, `external_id` a key, and the first has the cells.
"""

import hashlib
from itertools import groupby

from django.db import transaction

from intake import mapping
from intake.held import rowwise, samples
from intake.held.lines import Line
from intake.limits import SAMPLES as MOST
from intake.models import StagedRow
from intake.reading import Record
from intake.staging import storable


class Trial:
    """Of one job; `samples` as in intake/trying.py."""

    def __init__(self, job):
        self.job, self.staged = job, 0
        self.samples = {outcome: [] for outcome in ("created", "updated", "unchanged")}

    def take(self, lines, reader, take, keys_of):
        named = zip(lines, keys_of(lines), strict=True)
        keys = [(line, {_digest(key) for key in own}) for line, own in named]
        with transaction.atomic():
            mapping.make_attributes(self.job.mapping)
            for chunk in self._before(reader, set().union(*(own for _, own in keys))):
                take(chunk)
            take(lines)
            self._look(lines)
            transaction.set_rollback(True)
        if lines[-1].n < self.job.rows_total:
            self._stage((line, own) for line, own in keys if not line.refusal)

    def _before(self, reader, keys):
        """Yield the lines of earlier chunks that have to do with these keys, or with each other."""
        rows: dict[int, StagedRow] = {}
        asked: set[str] = set()
        while keys:
            mine = StagedRow.objects.filter(job=self.job)
            named = mine.filter(external_id__in=keys).values_list("person", flat=True)
            found = list(mine.filter(person__in=set(named) - rows.keys()).order_by("-n"))
            rows |= {one.person: one for one in found}
            asked |= keys
            keys = {one.external_id for one in found} - asked
        lines = [Line(Record(r.line, r.fields["cells"]), n) for n, r in sorted(rows.items())]
        for _chunk, some in groupby(lines, lambda line: (line.n - 1) // rowwise.CHUNK):
            yield [line for line in some if rowwise.read(reader, line)]

    def _look(self, lines):
        for outcome, found in self.samples.items():
            some = [one for one in lines if one.outcome == outcome and not one.refusal]
            found += samples.of_lines(self.job, some[: MOST - len(found)])

    def _stage(self, keyed):
        rows = []
        for line, keys in keyed:
            cells = {"cells": storable(line.record.cells)}
            for key in sorted(keys):
                self.staged += 1
                rows.append(self._row(line, key, cells))
                cells = {}
        StagedRow.objects.bulk_create(rows)

    def _row(self, line, key, cells):
        return StagedRow(
            job=self.job,
            n=self.staged,
            line=line.record.line,
            person=line.n,
            external_id=key,
            fields=cells,
            attributes={},
            company={},
        )


def _digest(key):
    return hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()
