"""Names of sessions: when, on which computer, and a random part that makes them unique."""

from __future__ import annotations

import re
import secrets
import socket

from storage.clock import file_time, now

_LONGEST_HOST = 32


def host_name(host: str | None = None) -> str:
    """Return the name of this computer (or `host`) in letters and digits that any file name can hold."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", host if host is not None else socket.gethostname()).strip("-")
    return plain[:_LONGEST_HOST] or "computer"


def new_session(host: str) -> str:
    """Return a new session's name, `{start}-{host}-{random}`: by name they sort by their start."""
    return f"{file_time(now())}-{host}-{secrets.token_hex(4)}"
