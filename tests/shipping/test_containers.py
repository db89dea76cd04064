"""The image, the compose file and the unit, without a daemon.

What they say is read and held against the project, and the processes are started as they would be.
"""

from __future__ import annotations

import asyncio
import configparser
import json
import os
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest
import yaml

from bot import program
from bot.settings import SAMPLE_COVERAGE, BotSettings
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {n: s for n, s in COMPOSE["services"].items() if s.get("image") == "election-desk"}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "HEALTHCHECK"} | {
    "ENTRYPOINT",
    "CMD",
}
NAMES = {(field.alias or name).upper() for name, field in BotSettings.model_fields.items()}


def dockerfile():
    """Return the instructions of the Dockerfile with what they say, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = re.sub(r"\\\n\s*", " ", plain).splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line.strip()]


def said(instruction):
    """Return what every instruction of that name says."""
    return [text for name, text in dockerfile() if name == instruction]


def test_every_instruction_is_one():
    """A misspelt one would fail only where there is a daemon."""
    assert {name for name, _ in dockerfile()} <= INSTRUCTIONS


def test_the_image_keeps_to_the_rules_of_good_images():
    """Hadolint's, as far as they concern it: pinned, unprivileged, nothing fetched unseen."""
    stages = {text.split()[-1] for text in said("FROM") if " AS " in text}
    for image in said("FROM"):
        name = image.split()[0]
        assert ":" in name, "an image has a tag (DL3006)"
        assert not name.endswith(":latest"), "and that is no moving one (DL3007)"
    for command in said("RUN"):
        assert not re.search(r"\b(?:sudo|curl|wget|apt-get|apt|ssh|kill)\b", command), command
        for installing in re.findall(r"pip install ([^&|;]*)", command):
            assert "--no-cache-dir" in installing, "no cache stays in a layer (DL3042)"
            assert {"--require-hashes", "--no-deps"} & set(installing.split()), installing
    assert all(text.startswith("/") for text in said("WORKDIR")), "absolute (DL3000)"
    for text in said("COPY"):
        source = re.match(r"--from=(\S+)", text)
        assert source is None or source[1] in stages, "from a stage that is there (DL3022)"
    assert said("USER") == ["desk"], "the last user is nobody's root (DL3002)"
    for text in (*said("ENTRYPOINT"), *said("CMD")):
        assert isinstance(json.loads(text), list), "no shell between signals and us (DL3025)"
    assert len(said("CMD")) == len(said("ENTRYPOINT")) == len(said("HEALTHCHECK")) == 1


def test_what_is_copied_is_there_and_sent():
    """Each path exists, and the ignore file lets it through; nothing else is sent."""
    let = {
        line[1:].rstrip()
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        source
        for text in said("COPY")
        if not text.startswith("--from")
        for source in text.split()[:-1]
    }
    assert copied == let
    assert all((ROOT / each).exists() for each in copied)


def test_it_runs_as_nobody_in_particular():
    """Not as root, and what it writes is in the volume."""
    assert said("USER") == ["desk"]
    assert said("VOLUME") == ["/data"]
    assert "DATA_DIR=/data" in said("ENV")[0]


@pytest.mark.parametrize("instruction", ["CMD", "HEALTHCHECK"])
def test_what_it_starts_is_a_command(instruction):
    """The command and the health check are commands of the desk."""
    listed = said(instruction)[0]
    words = json.loads(listed[listed.index("[") :])
    words = words[1:] if words[0] == "election-desk" else words
    assert words[0] in program.COMMANDS
    assert json.loads(said("ENTRYPOINT")[0]) == ["election-desk"]


def test_the_installation_is_that_of_the_lock():
    """With hashes, and the desk itself without anything that the lock does not name."""
    install = " ".join(said("RUN"))
    assert "--require-hashes --requirement requirements.lock" in install
    assert "--no-deps ." in install


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_confined(name):
    """Nothing but its volume and /tmp is writable, and it cannot gain rights."""
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    [volume] = service["volumes"]
    assert volume.split(":") == [volume.split(":")[0], "/data"]
    assert volume.split(":")[0] in COMPOSE["volumes"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_sets_what_there_is_to_set(name):
    """A setting that nobody reads would be a promise; a password stands in no file."""
    environment = OURS[name].get("environment", {})
    assert set(environment) <= NAMES
    assert "${POSTGRES_PASSWORD" in environment.get("DATABASE_URL", "${POSTGRES_PASSWORD")


def test_two_profiles_have_what_they_need():
    """One process by itself; or four beside each other, what holds the data out of reach."""
    profiles = {n: s["profiles"] for n, s in COMPOSE["services"].items()}
    assert [n for n, p in profiles.items() if p == ["small"]] == ["desk"]
    large = {n for n, p in profiles.items() if p == ["large"]}
    assert large == {"bot", "refresher", "postgres", "chroma"}
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert all(COMPOSE["services"][n]["networks"] == ["back"] for n in ("postgres", "chroma"))
    assert "ports" not in str(COMPOSE)


def test_the_unit_starts_the_desk_and_confines_it():
    """It is well formed, starts a command, and gives the process its folder alone."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(ROOT / "deploy" / "election-desk.service", encoding="utf-8")
    service = unit["Service"]
    started = shlex.split(service["ExecStart"])
    assert Path(started[0]).name == "election-desk"
    assert started[1] in program.COMMANDS
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["StateDirectory"] == "election-desk"
    assert f"DATA_DIR=/var/lib/{service['StateDirectory']}" == service["Environment"]
    assert int(service["TimeoutStopSec"]) > 5


async def test_the_large_profile_works_process_by_process(postgres_url, tmp_path):
    """Chroma, a health check, an article, a refresher that goes on, an answer: as it starts them.

    Only the addresses and the embedder differ. The bot itself is started by the tests of the wire.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    shared = {"DATABASE_URL": postgres_url, "CHROMA_URL": url, "EMBEDDING_MODEL": "fast"}

    async def started(service, *words):
        settings = OURS[service].get("environment", {})
        kept = {k: v for k, v in settings.items() if k not in {*shared, "DATA_DIR"}}
        folder = tmp_path / service
        folder.mkdir(exist_ok=True)
        return await asyncio.create_subprocess_exec(
            *words,
            cwd=folder,
            env={**os.environ, **kept, **shared, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def done(service, *words):
        process = await started(service, sys.executable, "-m", "bot.program", *words)
        out, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode, out.decode()

    entry = OURS["chroma"]["entrypoint"]
    given = dict(zip(entry[2::2], entry[3::2], strict=True))
    chroma = await started(
        "chroma",
        *(str(Path(sys.executable).with_name(entry[0])), entry[1]),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--path", str(tmp_path / "chroma")),
    )
    assert given == {"--host": "0.0.0.0", "--port": "8000", "--path": "/data"}
    try:
        await listening(port)
        article = SAMPLE_COVERAGE / "2026-11-01-ledger-certified-result.md"
        code, out = await done("bot", "add", str(article))
        assert code == 0, out
        code, out = await done("bot", "doctor", "--quick")
        assert code == 0, out
        assert url in out
        command = OURS["refresher"]["command"]
        refresher = await started("refresher", sys.executable, "-m", "bot.program", *command)
        line = await asyncio.wait_for(refresher.stdout.readline(), 60)
        assert b"looked at when they are due" in line
        code, out = await done("bot", "ask", "What was the turnout?")
        assert code == 0, out
        assert "62.7 per cent" in out
        refresher.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(refresher.wait(), 20) in {0, 143}
    finally:
        chroma.terminate()
        await asyncio.wait_for(chroma.wait(), 20)


async def listening(port, seconds=60.0):
    """Wait until something listens on *port*."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
