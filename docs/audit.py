"""Check the locked dependencies: ``make audit``. Licences always; wheels and vulnerabilities where the network allows.

pip-audit is kept out of the lists that it checks: it gets an environment of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LISTS = [str(ROOT / name) for name in ("requirements.txt", "requirements-test.txt")]
NEXT_PYTHON = "3.14"


def run(*words: str, **options: bool) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed."""
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def licences_hold() -> bool:
    """Tell whether the tests of the licences pass."""
    done = run(
        sys.executable, "-m", "pytest", "-q", "tests/test_docs_project.py", "-k", "licence or gpl or free_of"
    )
    print(f"licences: {done.stdout.strip().splitlines()[-1]}")
    return done.returncode == 0


def wheels_exist() -> bool:
    """Tell whether every locked dependency has a wheel for the next Python; True also where nobody can be asked."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--dry-run",
            "--quiet",
            "--ignore-installed",
            "--no-deps",
        ]
        command += ["--only-binary", ":all:", "--python-version", NEXT_PYTHON, "--target", folder]
        done = run(
            *command, "--report", f"{folder}/report.json", *(word for file in LISTS for word in ("-r", file))
        )
        if done.returncode == 0:
            found = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))["install"]
            print(f"wheels: Python {NEXT_PYTHON}: {len(found)} of {len(found)} locked dependencies")
            return True
    missing = [line for line in done.stderr.splitlines() if "No matching distribution" in line]
    print(f"wheels: {missing[0] if missing else 'could not be looked up: no network'}")
    return not missing


def no_vulnerability_is_known() -> bool:
    """Tell whether pip-audit knows of none; True also where it cannot ask, which it says."""
    with tempfile.TemporaryDirectory() as folder:
        python = f"{folder}/bin/python"
        run(sys.executable, "-m", "venv", folder)
        run(python, "-m", "pip", "install", "--quiet", "pip-audit")
        command = [python, "-m", "pip_audit", "--disable-pip", "--no-deps", "--format", "json"]
        done = run(*command, *(word for file in LISTS for word in ("-r", file)))
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print("pip-audit: could not be installed or could not ask: no network")
        return True
    asked = [entry for entry in found if "vulns" in entry]
    known = [f"{e['name']} {e['version']}: {v['id']}" for e in asked for v in e["vulns"]]
    if not asked:
        print(f"pip-audit: none of {len(found)} dependencies could be looked up")
        return True
    print(
        f"pip-audit: {len(asked)} of {len(found)} dependencies looked up; known vulnerabilities: {len(known)}"
    )
    print("\n".join(known))
    return not known


if __name__ == "__main__":
    sys.exit(not all([licences_hold(), wheels_exist(), no_vulnerability_is_known()]))
