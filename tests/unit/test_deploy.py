"""What Tidings is run by: systemd units, scored and verified offline, and the container file, read line by line."""

import ipaddress
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SYSTEM, USER = DEPLOY / "tidings.service", DEPLOY / "tidings-user.service"
DROP_IN = DEPLOY / "tidings-private-networks.conf"
ROOT = DEPLOY.parent
UNITS = pytest.mark.parametrize("unit", [SYSTEM, USER], ids=lambda unit: unit.name)

MOST_EXPOSED = 1.5
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


@UNITS
def test_the_watchdog_has_more_patience_than_work_takes(unit: Path) -> None:
    (seconds,) = values(unit, "WatchdogSec")
    assert 120 <= int(seconds) <= 600
    assert values(unit, "NotifyAccess") == ["main"]


# -- what the workers that read documents need --------------------------------------------------------------------


def system_calls(expression: str) -> set[str]:
    """The system calls that one ``SystemCallFilter`` value names, its groups opened."""
    found: set[str] = set()
    for word in expression.removeprefix("~").split():
        listed = analyze("syscall-filter", "--no-pager", word).stdout if word.startswith("@") else word
        for each in re.findall(r"^\s*(@?[a-z_0-9-]+)\s*$", listed, re.MULTILINE):
            found |= system_calls(each) if each.startswith("@") and each != word else {each}
    return found


@UNITS
def test_the_workers_may_limit_themselves(unit: Path) -> None:
    allowed: set[str] = set()
    for value in values(unit, "SystemCallFilter"):
        allowed = allowed - system_calls(value) if value.startswith("~") else allowed | system_calls(value)
    needed = {
        "setrlimit",
        "prlimit64",
        "setitimer",
        "socketpair",
        "execve",
        "clone3",
        "vfork",
        "wait4",
        "kill",
        "setsid",
    }
    assert needed <= allowed


@UNITS
def test_one_worker_out_of_memory_does_not_stop_the_service(unit: Path) -> None:
    assert values(unit, "OOMPolicy") == ["continue"]
    (most,) = values(unit, "MemoryMax")
    assert int(most.removesuffix("M")) >= 3 * 640 + 400


@UNITS
def test_a_service_that_fails_is_started_for_ever(unit: Path) -> None:
    assert values(unit, "Restart") == ["on-failure"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]


# -- the second line against private networks ---------------------------------------------------------------------


def test_the_drop_in_shuts_what_the_program_shuts(tmp_path: Path) -> None:
    denied = values(DROP_IN, "IPAddressDeny")[0].split()
    names = {"localhost": "127.0.0.0/8", "link-local": "169.254.0.0/16", "multicast": "224.0.0.0/4"}
    networks = [ipaddress.ip_network(names.get(word, word)) for word in denied]
    for private in ("127.0.0.1", "10.0.0.5", "172.20.0.1", "192.168.7.7", "169.254.169.254", "100.64.0.1", "fd00::1"):
        assert any(ipaddress.ip_address(private) in network for network in networks), private
    unit = tmp_path / "tidings.service"
    unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", SYSTEM.read_text("utf-8"), flags=re.MULTILINE))
    (tmp_path / "tidings.service.d").mkdir()
    (tmp_path / "tidings.service.d" / DROP_IN.name).write_text(DROP_IN.read_text("utf-8"))

    done = analyze("verify", "--man=no", str(unit))

    assert (done.returncode, done.stderr) == (0, "")


# -- the container ------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """(instruction, rest) of the Containerfile, lines that go on put together."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage."""
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, rest))
    return found


def test_everything_that_is_copied_into_the_container_is_there_and_not_ignored() -> None:
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = {
        source.removeprefix("./")
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == taken
    assert all((ROOT / source).exists() for source in copied)


def test_what_the_build_reads_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"], "pyproject.toml"}
    needed |= set(project["project"]["license-files"])
    text = (ROOT / "Containerfile").read_text("utf-8")
    assert all(re.search(rf"^COPY .*\b{re.escape(source)}\b", text, re.MULTILINE) for source in needed)


def test_the_container_has_two_stages_and_builds_in_the_first() -> None:
    build, last = stages()
    assert any("--require-hashes" in rest for word, rest in build if word == "RUN")
    assert not any("pip install" in rest or "apt" in rest for word, rest in last if word == "RUN")
    assert ("COPY", "--from=build /opt/tidings /opt/tidings") in last


def test_the_container_runs_as_a_number_and_ends_as_the_service_does() -> None:
    last = dict(stages()[-1])
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last["USER"])
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert last["HEALTHCHECK"].endswith('CMD ["tidings", "status"]')
    assert (last["ENTRYPOINT"], last["CMD"]) == ('["tidings"]', '["run"]')
    assert last["VOLUME"] in last["ENV"]


def test_every_image_names_its_version() -> None:
    assert all(re.search(r":\S", rest) for word, rest in instructions() if word == "FROM")
    (default,) = [rest for word, rest in instructions() if word == "ARG"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"Programming Language :: Python :: {default.removeprefix('PYTHON=')}" in project["classifiers"]


def test_the_compose_file_shuts_what_the_unit_shuts() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "mem_limit: 2500m"):
        assert f"    {line}\n" in text
    assert values(SYSTEM, "MemoryMax") == ["2500M"]
