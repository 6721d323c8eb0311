"""What can go wrong with images, as sentences for the user, and what stops a long computation."""

from __future__ import annotations


class ImageError(Exception):
    """An image or a folder of images that cannot be used.

    Parameters
    ----------
    path
        The file or folder.
    reason
        What is wrong with it: the end of the sentence that begins with the path, without a full stop.
    advice
        What the user can do about it: a sentence of its own.
    shape
        The lengths of the dimensions, those of 1 left out, where it is in doubt what they are.
    """

    def __init__(self, path: str, reason: str, advice: str, shape: tuple[int, ...] = ()) -> None:
        super().__init__(path, reason, advice)
        self.shape = shape
        self.path = path
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        """Return the whole text for the user, with undecodable bytes of the path shown as escapes."""
        path = self.path.encode("utf-8", "backslashreplace").decode("utf-8")
        return f"{path} {self.reason}. {self.advice}"


class Cancelled(Exception):  # noqa: N818 - it is a wish that was met, not an error
    """Raised instead of returning a result that nobody waits for any more."""


def never() -> bool:
    """Return False: the `cancelled` of work that is never cancelled."""
    return False


def os_reason(error: OSError) -> str:
    """Return what the system says about a file, as the end of a sentence: `cannot be read: no such file`."""
    match error:
        case FileNotFoundError():
            return "does not exist"
        case PermissionError():
            return "cannot be read: permission denied"
        case NotADirectoryError():
            return "is not a folder"
        case IsADirectoryError():
            return "is a folder, not a file"
    text = error.strerror or str(error) or type(error).__name__
    return f"cannot be read: {text[:1].lower()}{text[1:]}"
