"""What the batch commands have in common: any console will do, what went wrong is a sentence, and the exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, FOUND, FAILED = 0, 1, 2
"""Exit codes: done; done, but there is something to look at; not done."""


def answered(name: str, work: Callable[[], int], *refusals: type[Exception]) -> int:
    """Return the exit code of `work`; what it raises is told as `cytoscribe NAME: sentence`, and FAILED.

    `refusals` are errors beside StorageError whose text is a sentence for the user.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that knows few characters
    told: tuple[type[Exception], ...] = (StorageError, *refusals)
    try:
        code = work()
        sys.stdout.flush()
    except told as error:
        print(f"cytoscribe {name}: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader, like head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        where = failure(error.filename or "The annotations folder", error, "Ask for the right to use it.")
        print(f"cytoscribe {name}: {where}", file=sys.stderr)
        return FAILED
    return code
