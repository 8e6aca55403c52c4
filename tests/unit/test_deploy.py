"""The systemd units: their sandbox scored offline, their syntax verified, their words agreeing with the program's."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SYSTEM, USER = DEPLOY / "tidings.service", DEPLOY / "tidings-user.service"
UNITS = pytest.mark.parametrize("unit", [SYSTEM, USER], ids=lambda unit: unit.name)

MOST_EXPOSED = 2.0
"""systemd's own score, 0 (all is shut) to 10; a unit with nothing but ExecStart has 9.6."""


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``systemd-analyze`` with these arguments; skips where the machine has none."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine: the units were not checked")
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_the_sandbox_of_the_machines_service_is_tight() -> None:
    done = analyze("security", "--offline=true", "--no-pager", str(SYSTEM))

    found = re.search(r"exposure level for tidings\.service: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED


@UNITS
def test_systemd_reads_every_line_of_a_unit(unit: Path, tmp_path: Path) -> None:
    # The program it starts is not on this machine, so that another stands in for it.
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE))

    done = analyze("verify", "--man=no", str(copy))

    assert (done.returncode, done.stderr) == (0, "")


def test_a_slip_in_a_unit_would_be_seen(tmp_path: Path) -> None:
    copy = tmp_path / "slip.service"
    copy.write_text("[Service]\nType=notify\nExecStart=/bin/true\nMemoryMaks=1G\n")

    assert "MemoryMaks" in analyze("verify", "--man=no", str(copy)).stderr


@UNITS
def test_a_unit_starts_the_service_and_knows_its_signals(unit: Path) -> None:
    assert values(unit, "Type") == ["notify"]
    assert [line.split()[1:] for line in values(unit, "ExecStart")] == [["run"]]
    assert values(unit, "ExecReload") == ["/bin/kill -HUP $MAINPID"]
    assert values(unit, "RestartPreventExitStatus") == ["2"]


@UNITS
def test_a_unit_lets_https_work(unit: Path) -> None:
    # Measured: under it every TLS connection ends in cffi's "Cannot allocate write+execute memory".
    assert not values(unit, "MemoryDenyWriteExecute")


def test_the_service_keeps_what_it_needs() -> None:
    families = values(SYSTEM, "RestrictAddressFamilies")[0].split()
    assert {"AF_INET", "AF_INET6", "AF_UNIX"} <= set(families)  # the web, mail, and systemd's own socket
    assert values(SYSTEM, "StateDirectory") == ["tidings"]
    assert values(SYSTEM, "WorkingDirectory") == ["/var/lib/tidings"]
    assert not values(SYSTEM, "WatchdogSec"), "nothing feeds a watchdog: systemd would kill a healthy service"
