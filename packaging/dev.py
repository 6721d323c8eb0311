"""Run the program from a checkout, test it, measure it, take its pictures; makes its own environment.

python3 packaging/dev.py run [ARGS ...]       the program, with these arguments
python3 packaging/dev.py test [ARGS ...]      lint, types and all tests; with ARGS only `pytest ARGS`
python3 packaging/dev.py test --nfs [ARGS ..] the store on a real NFS server and real NFS clients, about 8 minutes
python3 packaging/dev.py bench [NAME ...]     figures of speed and memory, one JSON line each
python3 packaging/dev.py screenshots          the pictures of the README and of the manual
python3 packaging/dev.py screenshots --all DIR  every window and dialog in all themes and sizes of text
python3 packaging/dev.py build [--out DIR] [--test]
                                              the frozen program and its archive, in dist/; with --test it is
                                              installed, started and driven by keys as well, about 10 minutes in all
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST_PYTHON = (3, 11)
# Here and not in main(): below this line an older Python already stumbles over the annotations.
if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "Cytoscribe needs Python {}.{} or newer, and this is Python {}.{}. "
        "Install a newer one and start this script with it.".format(*OLDEST_PYTHON, *sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# Debian's names of what Qt and vispy load, and of what the tests need on top: a display, keys, pictures.
LIBRARIES = (
    *("libgl1", "libgl1-mesa-dri", "libglx-mesa0", "libegl1", "libdbus-1-3", "libxkbcommon-x11-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0"),
    *("libxcb-shape0", "libxcb-xinerama0", "fonts-dejavu-core"),
)
TEST_TOOLS = ("xvfb", "xdotool", "libxtst6", "imagemagick")
BUILD_TOOLS = ("binutils", "libwayland-client0", "libwayland-cursor0", "libwayland-egl1")
NFS_TOOLS = ("user-mode-linux", "e2fsprogs")  # kernels that run as ordinary processes, and their disks


FROZEN_TESTS = (
    # Its own, and those of the source program that reach into every library; it has no Dask
    *("tests/frozen", "tests/e2e/test_annotating.py", "tests/e2e/test_reading.py", "tests/app/test_measure_command.py"),
    *(
        "tests/app/test_analyze_command.py",
        "tests/app/test_postprocess_command.py",
        "-k",
        "not Dask and not of_a_cluster",
    ),
)


def say(sentence: str) -> None:
    """Tell the developer something, apart from the output of what is run."""
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)


# ---------------------------------------------------------------- what must be there


def ensure_system(packages: tuple[str, ...]) -> None:
    """Install the missing Debian packages, or say how to; does nothing where there is no apt-get."""
    if not sys.platform.startswith("linux") or not shutil.which("apt-get") or not shutil.which("dpkg-query"):
        return
    if importlib.util.find_spec("ensurepip") is None:
        packages = (*packages, "python3-venv")
    missing = [package for package in packages if not is_installed(package)]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and quiet(["sudo", "-n", "true"]).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        say(f"system packages are missing; going on without. To install them: sudo {shlex.join(install)}")
        return
    say(f"installing system packages: {' '.join(missing)}")
    quiet([*prefix, "apt-get", "update", "-qq"])
    done = quiet([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *install])
    if done.returncode:
        say(f"that failed; going on without.\n{done.stdout}")


def is_installed(package: str) -> bool:
    """Tell whether a Debian package is installed, whatever its architecture."""
    return "installed" in quiet(["dpkg-query", "-W", "-f", "${db:Status-Status}\\n", package]).stdout.split()


def quiet(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command without input and keep what it says."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def ensure_venv() -> None:
    """Make `.venv` anew if it does not fit the dependencies, the Python or the place of this checkout."""
    import tomllib  # not in the older Pythons that are turned away above

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [project["build-system"], project["project"], sys.version, str(ROOT)]
    fingerprint = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    stamp = VENV / "made-from.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint and PYTHON.exists():
        return
    say("making .venv, this takes some minutes the first time")
    install = [
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
        "--editable",
        f"{ROOT}[test]",
    ]
    for command in ([sys.executable, "-m", "venv", "--clear", str(VENV)], [str(PYTHON), *install]):
        code = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
        if code:
            sys.exit(f"dev.py: could not make .venv: {shlex.join(command)} ended with {code}")
    stamp.write_text(fingerprint, encoding="utf-8")


@contextlib.contextmanager
def private_display() -> Iterator[dict[str, str]]:
    """Give an environment whose windows go to a fresh Xvfb on Linux, to the desktop elsewhere."""
    if not sys.platform.startswith("linux"):
        yield dict(os.environ)
        return
    sys.path.insert(0, str(ROOT))
    from tests.e2e.display import Display

    with Display() as display:
        yield display.environment(dict(os.environ))


# ------------------------------------------------------------------------ commands


def run(arguments: list[str]) -> int:
    """Start the program and become it."""
    ensure_system(LIBRARIES)
    ensure_venv()
    # The current folder stays, for relative paths; -P keeps an `app` folder in it from being run.
    command = [str(PYTHON), "-P", "-m", "app", *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def test(arguments: list[str]) -> int:
    """Run every check; each one runs even if one before it failed."""
    on_nfs = arguments[:1] == ["--nfs"]
    ensure_system(LIBRARIES + TEST_TOOLS + (NFS_TOOLS if on_nfs else ()))
    ensure_venv()
    if on_nfs:
        steps = {"tests on NFS": ["pytest", "tests/nfs", *arguments[1:]]}
    elif arguments:
        steps = {"pytest": ["pytest", *arguments]}
    else:
        steps = {
            "ruff check": ["ruff", "check"],
            "ruff format": ["ruff", "format", "--check"],
            "mypy": ["mypy"],
            # Each on a display of its own; three on two cores, because they wait for shares, clocks and frames
            "end-to-end tests": ["pytest", "-n", "3", "--dist", "worksteal", "tests/e2e"],
            "unit tests": ["pytest", "-n", "2", "--ignore=tests/e2e"],
        }
    failed = []
    for name, command in steps.items():
        print(f"\n== {name}", flush=True)
        if subprocess.run([str(PYTHON), "-m", *command], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"dev.py: failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def under_display(module: str, arguments: list[str]) -> int:
    """Run a module of the tests on a private display."""
    ensure_system(LIBRARIES + TEST_TOOLS)
    ensure_venv()
    with private_display() as environment:
        command = [str(PYTHON), "-m", module, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def build(arguments: list[str]) -> int:
    """Make the frozen program; with --test drive it as a user would."""
    parser = argparse.ArgumentParser(prog="dev.py build")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    parser.add_argument("--test", action="store_true")
    given = parser.parse_args(arguments)
    ensure_system(LIBRARIES + BUILD_TOOLS + (TEST_TOOLS if given.test else ()))
    import frozen_build

    built = frozen_build.build(given.out)
    if not given.test:
        return 0
    ensure_venv()
    environment = os.environ | {
        "CYTOSCRIBE_FROZEN": str(built.program),
        "CYTOSCRIBE_ARCHIVE": str(built.archives[0]),
    }
    command = [str(PYTHON), "-m", "pytest", "-s", *FROZEN_TESTS]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "run":
        return run(rest)
    if command == "test":
        return test(rest)
    if command == "bench":
        return under_display("tests.bench", rest)
    if command == "screenshots" and rest[:1] == ["--all"] and len(rest) > 1:
        return under_display("tests.e2e.all_screens", rest[1:])
    if command == "screenshots" and not rest:
        return under_display("tests.e2e.screenshots", rest)
    if command == "build":
        return build(rest)
    if command in ("-h", "--help"):
        print(__doc__)
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
