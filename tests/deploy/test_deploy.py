"""The files that deploy the program fit it: its metrics, paths and packages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from streamer.live.fleet.settings import streams_in
from streamer.live.prometheus import LiveCollector
from streamer.settings import DEFAULTS
from tests.conftest import PROJECT
from tests.streamer.page.conftest import WELL
from tests.support.peers import PACKAGES

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
