"""Who may write what: roles.json names the admins and the accounts of the annotators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from storage.errors import UNDECODABLE, StorageError, failure, readable
from storage.names import check_annotator

if TYPE_CHECKING:
    from pathlib import Path

    from storage.owner import Owner

ROLES_FILE = "roles.json"
_REPAIR = "Repair it: until then nobody counts as an admin."


@dataclass(frozen=True)
class Roles:
    """`admins` and the keys of `accounts` are annotators' names as they are stored.

    `accounts` has, for an annotator, the names or numbers (as text) of the system's accounts that this person uses;
    who is not in it may use any account.
    """

    admins: frozenset[str] = frozenset()
    accounts: dict[str, frozenset[str]] = field(default_factory=dict)

    def is_admin(self, annotator: str) -> bool:
        """Tell whether final labels by this annotator count."""
        return annotator in self.admins

    def owns(self, owner: Owner | None, annotator: str) -> bool:
        """Tell whether a file of `owner` (None: this system does not tell) can be by the annotator."""
        accounts = self.accounts.get(annotator)
        return accounts is None or owner is None or not accounts.isdisjoint(owner.accounts)

    def may_bring_in(self, owner: Owner | None) -> bool:
        """Tell whether what a file of `owner` took over from older files counts, whoever it is by."""
        return any(self.owns(owner, admin) for admin in self.admins if admin in self.accounts)


def roles_file(root: Path, named: Path | None = None) -> Path:
    """Return where the roles stand: the file that was named, else roles.json in the annotations folder."""
    return named if named is not None else root / ROLES_FILE


def read_roles(path: Path) -> Roles:
    """Return what `{"admins": [NAME, ...], "accounts": {NAME: ACCOUNT or [ACCOUNT, ...]}}` says.

    Both are optional, other keys are left alone, names count without regard to case; an account is the name of an
    account or its number. Where there is no file, there is no admin and any account is right.

    Raises
    ------
    StorageError
        The file cannot be read, or something in it is not as above: the sentence says what.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Roles()
    except OSError as error:
        raise failure(path, error, _REPAIR) from error
    try:
        content = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except UNDECODABLE as error:
        raise _bad(path, str(error)) from error
    if not isinstance(content, dict):
        raise _bad(path, "it is not a JSON object")
    admins = content.get("admins", [])
    accounts = content.get("accounts", {})
    if not isinstance(admins, list):
        raise _bad(path, '“admins” is not a list like ["alice"]')
    if not isinstance(accounts, dict):
        raise _bad(path, '“accounts” is not an object like {"alice": "asmith"}')
    return Roles(
        frozenset(_name(path, name) for name in admins),
        {_name(path, name): _accounts(path, name, value) for name, value in accounts.items()},
    )


def _name(path: Path, name: Any) -> str:
    if not isinstance(name, str):
        raise _bad(path, f"{name!r} is not the name of an annotator")
    try:
        return check_annotator(name)
    except StorageError as error:
        raise _bad(path, str(error)) from error


def _accounts(path: Path, name: str, value: Any) -> frozenset[str]:
    found = value if isinstance(value, list) else [value]
    if not found or not all(type(account) is int or (isinstance(account, str) and account) for account in found):
        raise _bad(path, f"the account of “{name}” is neither a name, nor a number, nor a list of them")
    return frozenset(str(account) for account in found)


def _bad(path: Path, what: str) -> StorageError:
    return StorageError(f"{readable(path)} is not a valid roles file: {what}. {_REPAIR}")
