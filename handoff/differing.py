"""What one version of the agreement says otherwise than another, line by line."""

from hashlib import sha256

from django.utils.translation import gettext as _

from handoff import wording
from handoff.preview.fingerprint import fingerprint
from scoring import differing as models
from scoring import telling, versions
from scoring.differing import Change


def difference(before, after):
    """[(title, Changes)] of what is not alike, in the order of the page; the order of rows apart.

    A change without `before` is new, one without `after` is gone.
    """
    old, new = wording.told(before, after)
    found = [(now.title, _changes(was.lines, now.lines)) for was, now in zip(old, new, strict=True)]
    found.append((_("Points"), _points(before.scoring_model, after.scoring_model)))
    return [(title, changes) for title, changes in found if changes]


def digest(agreement):
    """Of all words of a version and all points of its model: other words, another digest."""
    told = repr([wording.told(agreement), fingerprint({"agreement": agreement.version})])
    return sha256(told.encode()).hexdigest()


def _changes(old, new):
    before, after = ({line.key: line for line in lines} for lines in (old, new))
    return [
        _change(before.get(key), after.get(key))
        for key in dict.fromkeys([*after, *before])
        if before.get(key) != after.get(key)
    ]


def _change(old, new):
    """Under the new name; who was called otherwise says so."""
    if old and new and old.what != new.what:
        return Change(new.what, f"{old.what}: {old.words}", f"{new.what}: {new.words}")
    return Change((new or old).what, old.words if old else "", new.words if new else "")


def _points(before, after):
    """Rules of two models; of the same one there is nothing to say."""
    if before == after:
        return []
    books = versions.several([before, after])
    found = models.difference(books[before.version], books[after.version])
    rows = [*found.settings, *found.groups]
    rows += [Change(row["name"], "", _worth(row)) for row in found.added]
    rows += [Change(row["name"], _worth(row), "") for row in found.removed]
    for name, changes in found.changed:
        rows += [Change(f"{name}: {one.what.lower()}", one.before, one.after) for one in changes]
    return rows


def _worth(row):
    return _("%s points") % telling.worth(row["rule"])
