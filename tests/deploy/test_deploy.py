"""The files that deploy the program fit it: its metrics, paths and packages."""

import json
import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from streamer.live.fleet.settings import streams_in
from streamer.live.metrics.prometheus import LiveCollector
from streamer.page.login.access import AccessRules
from streamer.page.login.guard import OPEN
from streamer.settings import DEFAULTS
from tests.conftest import PROJECT
from tests.streamer.page.conftest import WELL
from tests.support.servers.peers import PACKAGES, PATIENCE_SECONDS

DEPLOY = PROJECT / "deploy"
pytestmark = pytest.mark.checkout


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")))


def test_the_board_asks_for_metrics_that_there_are() -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(LiveCollector(lambda: {"gate": WELL}))
    known = set(re.findall(r"^(derain_\w+)", generate_latest(registry).decode(), re.M))
    board = json.loads((DEPLOY / "grafana" / "derain.json").read_text())

    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"derain_\w+", target["expr"])
    }

    assert len(board["panels"]) >= 8
    assert asked <= known


@pytest.mark.parametrize("name", ["cameras.toml", "../configs/run_cameras.toml"])
def test_the_files_of_streams_are_understood(name: str) -> None:
    assert streams_in(DEPLOY / name, DEFAULTS, {})


def test_the_pod_is_asked_what_the_page_answers(tmp_path: Path) -> None:
    config, deployment, service = documents("kubernetes.yaml")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    file = tmp_path / "cameras.toml"
    file.write_text(config["data"]["cameras.toml"], encoding="utf-8")
    routes = (PROJECT / "streamer" / "page" / "app.py").read_text(encoding="utf-8")

    [stream] = streams_in(file, DEFAULTS, {})

    port = container["ports"][0]["containerPort"]
    assert stream.run.page.page == f"0.0.0.0:{port}"
    for probe in ("readinessProbe", "livenessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in routes
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    assert service["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]


def test_the_images_user_is_the_pods_and_owns_what_compose_keeps() -> None:
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    _, deployment, _ = documents("kubernetes.yaml")
    [compose] = documents("compose.yaml")
    user = deployment["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
    volumes = compose["services"]["derain"]["volumes"]
    kept = [v.partition(":")[2] for v in volumes if not v.startswith(".")]

    made = re.search(r"install -d -o derain -g derain (.+)", image)

    assert f"useradd --uid {user} " in image
    assert made is not None
    assert set(made.group(1).split()) == set(kept)


def test_compose_mounts_files_that_there_are() -> None:
    [compose] = documents("compose.yaml")

    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), source
            else:
                assert source in compose["volumes"]
    build = compose["services"]["derain"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    [prometheus] = documents("prometheus.yml")
    [job] = prometheus["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["derain:8080"]


def test_the_container_holds_what_streams_need_of_debian() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    needed = {name for name in PACKAGES.split() if "gst" in name or name[-2:] == "gi"}

    assert needed
    assert all(name in text for name in needed)
    stages = re.findall(r"^FROM \S+ AS (\w+)$", text, re.M)
    assert stages == ["wheel", "cpu", "gpu"]


def test_the_page_knows_the_names_that_compose_gives_it() -> None:
    [stream, *_] = streams_in(DEPLOY / "cameras.toml", DEFAULTS, {})
    page = stream.run.page
    [job] = documents("prometheus.yml")[0]["scrape_configs"]
    [asked] = job["static_configs"][0]["targets"]
    [published] = documents("compose.yaml")[0]["services"]["derain"]["ports"]
    assert page.page is not None
    host, _, port = page.page.rpartition(":")

    rules = AccessRules(
        host=host, port=int(port), token="x" * 16, names=(page.page_host or "",)
    )

    assert rules.knows_host(asked)
    assert published == f"127.0.0.1:{port}:{port}"
    assert rules.knows_host(f"localhost:{port}")
    assert not rules.knows_host(f"evil.example:{port}")


def test_compose_asks_the_container_for_a_path_that_needs_no_token() -> None:
    [compose] = documents("compose.yaml")
    program, flag, code = compose["services"]["derain"]["healthcheck"]["test"][1:]

    [path] = re.findall(r"http://127\.0\.0\.1:8080(/\w+)'", code)

    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert path in OPEN


@pytest.mark.slow
def test_prometheus_takes_its_file() -> None:
    done = run(
        "promtool", "check", "config", "--syntax-only", DEPLOY / "prometheus.yml"
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if not which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = (DEPLOY / "derain@.service").read_text(encoding="utf-8")
    program = "/opt/derain/.venv/bin/derain"  # is not installed here
    copy = tmp_path / "derain@gate.service"
    copy.write_text(unit.replace(program, "/bin/true"), encoding="utf-8")

    done = run("systemd-analyze", "verify", "--man=no", copy)

    assert program in unit
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip()


def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
