"""Makes `.venv` from requirements.lock; run by `make` with the system's Python, so standard library only.

Every package is checked against its hash. Nothing is done when the lock has not changed since the last time.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed.sha256"
OLDEST = (3, 11)
TAIL = 12


def main() -> int:
    """Create or update the virtual environment; 1 and one clear line on failure."""
    if sys.version_info[:2] < OLDEST:
        return _fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}")
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if _works() and STAMP.exists() and STAMP.read_text() == wanted:
        STAMP.touch()
        return 0
    if not _works() and not _create():
        return 1
    if not _install():
        return 1
    STAMP.write_text(wanted)
    return 0


def _works() -> bool:
    """Whether `.venv` has a Python new enough, with pip."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] < {OLDEST})"
    try:
        return (
            subprocess.run(
                [VENV / "bin" / "python", "-c", check], capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def _create() -> bool:
    print(f"creating .venv with Python {sys.version.split()[0]}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in made.stdout + made.stderr:
        _fail("the venv module is incomplete: install it first (Debian, Ubuntu: apt install python3-venv)")
    else:
        _fail(f"the virtual environment could not be made: {(made.stderr or made.stdout).strip()}")
    return False


def _install() -> bool:
    total = sum("==" in line and not line.startswith((" ", "#")) for line in LOCK.read_text().splitlines())
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--progress-bar", "off", "--disable-pip-version-check", "-r", str(LOCK)]
    print(f"installing {total} packages from requirements.lock (a few minutes the first time)", flush=True)
    seen = 0
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            lines.append(line.rstrip())
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                _progress(seen, total, line.split(": ")[-1].removeprefix("Collecting ").split("==")[0])
            elif line.startswith("Installing collected packages"):
                print("\n  unpacking" if sys.stdout.isatty() else "  unpacking", flush=True)
    if pip.returncode == 0:
        return True
    _fail("pip could not install the packages:\n    " + "\n    ".join(lines[-TAIL:]))
    return False


def _progress(seen: int, total: int, name: str) -> None:
    if sys.stdout.isatty():
        print(f"\r  {seen}/{total} {name:<40}", end="", flush=True)
    elif seen % 20 == 0:
        print(f"  {seen}/{total} {name}", flush=True)


def _fail(line: str) -> int:
    print(f"make: {line}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
