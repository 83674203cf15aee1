"""TensorFlow checkpoints that become weights."""

from pathlib import Path

import numpy as np
import pytest
import typer

from model import ModelError, load_weights
from model.mspfn.build import build_network
from model.mspfn.variants import release_variant
from streamer.cli.networks.import_tf import import_tf


def test_import_tf_writes_weights_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = release_variant("any", 1, (1, 1, 1))
    tensors = build_network(variant).state_dict()
    monkeypatch.setattr(
        "streamer.cli.networks.import_tf.read_checkpoint", lambda _: {"x": np.zeros(1)}
    )
    variant = release_variant("mspfn-release-m1n1-1-1", 1, (1, 1, 1))
    monkeypatch.setattr(
        "streamer.cli.networks.import_tf.translate", lambda _: (variant, tensors)
    )

    import_tf(tmp_path / "epoch50", tmp_path / "it.safetensors")

    assert load_weights(tmp_path / "it.safetensors").variant.modules == 1


def test_import_tf_refuses_another_suffix(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"must end in \.safetensors"):
        import_tf(tmp_path / "epoch50", tmp_path / "it.pt")


def test_import_tf_names_a_checkpoint_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"found no epoch50\.index"):
        import_tf(tmp_path / "epoch50", tmp_path / "it.safetensors")
