"""Where the frozen program starts: as the program itself, or as one of the worker processes of `--jobs`."""

import multiprocessing
import os
import re
import runpy
import sys

# joblib starts workers as `python -m MODULE ...` and `python -c CODE`. A frozen program is its own python, so it must
# know these two command lines; PyInstaller knows only those of multiprocessing itself.
_WORKER = "joblib.externals.loky.backend.popen_loky_posix"
_TRACKER = re.compile(r"from (joblib\.externals\.loky\.backend\.resource_tracker) import main; main\((\d+), (\w+)\)")


def be_a_worker(arguments: list[str]) -> bool:
    """Do the work of a worker process if that is what the command line asks for."""
    if arguments[:2] == ["-m", _WORKER]:
        sys.argv = arguments[1:]
        runpy.run_module(_WORKER, run_name="__main__", alter_sys=True)
        return True
    found = _TRACKER.fullmatch(arguments[-1]) if "-c" in arguments[:-1] else None
    if found is None:
        return False
    from joblib.externals.loky.backend.resource_tracker import main as track

    track(int(found[2]), found[3] == "True")
    return True


def give_back_library_path() -> None:
    """Let other programs that are started from here find their own libraries, not those of this folder.

    The loader has read the variable; it does not read it again for this process.
    """
    folder = getattr(sys, "_MEIPASS", "")
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        elif folder and folder in os.environ.get(name, ""):
            del os.environ[name]


if __name__ == "__main__":
    multiprocessing.freeze_support()
    # Workers would run this file again, by its path; there is no such file
    del __file__
    give_back_library_path()
    if not be_a_worker(sys.argv[1:]):
        from app.cli import main

        sys.exit(main())
