"""The settings of a training run: defaults live here, a TOML file names its changes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from sources.settings.toml_file import TomlError, checked, table_in
from training.errors import TrainingError
from training.progress.budget import seconds_of
from training.progress.schedule import Phase
from training.rain.pool import KINDS
from training.rain.weather import Weather

LAYERS = "layers"
"""The kind of rain that comes from pictures."""
_WORDS = {
    "schedule": ("halving", "cosine"),
    "precision": ("bf16", "fp32"),
    "epoch": ("crops", "pairs"),
    "augment": ("mirror", "batch", "none"),
}
"""Settings that are one word of a few."""
_NOT_BELOW_0 = (
    "edge_weight",
    "clip",
    "ema",
    "epochs",
    "nice",
    "back_frames",
    "fastest",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """One run. The defaults are the paper's (MSPFN, arXiv:2003.10985, section 4.1)."""

    model: str = "mspfn-lite"
    """The network, by its name in `derain models`."""
    models: tuple[str, ...] = ()
    """A study: these networks in place of `model`, one after the other, each with a
    folder of its own below `output`; those that are done are not done again."""
    runs: tuple["TrainSettings", ...] = ()
    """A study of settings: in TOML each is a table `[runs.NAME]` of what it changes;
    done as with `models`."""
    name: str = ""
    """What the run's weights and its row of a table are called; empty: as the model."""
    score: tuple[str, ...] = ()
    """Test sets that all of them are scored on at the end, as `SET:FOLDER`."""
    begin_from: str = ""
    """Weights to begin from, by name or .safetensors file; empty: from nothing."""
    blend: float = 1.0
    """Share of the new weights in those that are written, the rest being the ones the
    run began from: what those were good at is kept (WiSE-FT, arXiv:2109.01903)."""
    teacher: str = ""
    """Trained weights, by name or .safetensors file, of a network whose answers are
    learned beside the truth (distillation); it may be larger than the one trained."""
    teacher_share: float = 0.5
    """Share of the teacher's answer in the loss, the truth having the rest."""
    clean: tuple[str, ...] = ()
    """Folders of clean pictures that rain is made on."""
    pairs: tuple[str, ...] = ()
    """Real pairs: `FORM:FOLDER`, such as `pairs:my/set` or `Rain800:data/rain800`."""
    pair_share: float = 0.5
    """Share of a batch that comes from `pairs`, where there are both."""
    validation: str = ""
    """Folder of clean pictures to measure on, with rain that is always the same."""
    output: str = "runs/train"
    """Folder for checkpoint, curves, weights and the list of training files."""
    seed: int = 0
    """Decides the first weights, the crops and the rain."""
    steps: int = 400_000
    """How many optimiser steps; a run planned so repeats bit for bit."""
    epochs: int = 0
    """Epochs of real pairs instead of steps; 0: as many steps as `steps` says."""
    epoch: str = "crops"
    """What an epoch is: `crops`, as many as lie side by side in all pairs, or `pairs`,
    one crop of each pair."""
    augment: str = "mirror"
    """Crops of real pairs: `mirror` swaps left and right of each by chance, `batch`
    turns and mirrors a whole batch alike, `none` leaves them as they are."""
    budget: str = ""
    """Time instead of steps: `9m`, `2h`. The schedule is stretched to end with it."""
    schedule: str = "halving"
    """`halving`, the paper's, or `cosine`."""
    rate: float = 2e-4
    """First learning rate of Adam."""
    floor: float = 1e-6
    """Last learning rate."""
    halve_every: int = 20_000
    """Steps between two halvings."""
    halve_by: float = 0.5
    """What the rate is multiplied by at each of them."""
    warm_up: int = 500
    """Steps over which a cosine schedule rises to its first rate."""
    phases: tuple[Phase, ...] = (Phase(start=0.0, size=96, batch=8),)
    """Crop size and batch, by progress from 0 to 1."""
    psnr_share: float = 0.0
    """Last part of the run that minimises the luma's PSNR loss."""
    edge_weight: float = 0.05
    """Weight of the edge loss (equation 3); 0 leaves it out."""
    ema: float = 0.999
    """Decay of the averaged weights, which are the ones that are kept; 0 keeps the last
    ones as they are."""
    clip: float = 1.0
    """Largest norm of the gradient; 0 does not clip it."""
    precision: str = "bf16"
    """`bf16` or `fp32`: what the network computes in; weights stay fp32."""
    compile: bool = False
    """Compile the network: faster after a minute or so, once for each crop size."""
    fused_prelu: bool = False
    """On a GPU with Triton: PReLU in one kernel forwards and one back. Not measured."""
    fused_sums: bool = False
    """On a GPU with Triton: sums, and the PReLUs before them, in kernels that do both.
    Not measured."""
    step_graph: bool = False
    """On a GPU: the step captured and replayed as one CUDA graph. Not measured."""
    rain: dict[str, float] = field(
        default_factory=lambda: {
            "heavy": 0.35,
            "light": 0.3,
            "wide": 0.2,
            "short": 0.15,
        }
    )
    """Shares of the kinds of rain: the styles of `training/rain/streaks.py`, `drops`
    near the lens, and `layers`, those of `rain_layers`."""
    rain_layers: tuple[str, ...] = ()
    """Folders of rain layers as pictures on black ground."""
    flakes: float = 0.0
    """Chance that flakes or splashes stand before a clean picture; they are to stay."""
    thin_things: float = 0.0
    """Chance that thin things (fences, wires, lettering, grass) are drawn before a
    clean picture; they are to stay."""
    dry: float = 0.04
    """Chance that a clean picture gets no rain: it is to stay as it is."""
    rain_maps: int = 96
    """Rain maps kept at a time."""
    rain_size: int = 256
    """Height and width of a rain map, in pixels; at least the largest crop."""
    rain_renew: int = 1
    """Rain maps renewed at each step."""
    frames: int = 1
    """Frames of a sequence: a network with a memory learns from 3 to 5 and more, any
    other from each by itself. 1: single pictures. A batch counts sequences."""
    back_frames: int = 0
    """Frames of a sequence that the gradient flows back through; 0: all."""
    fastest: float = 6.0
    """Fastest pan of the camera over clean pictures, in pixels from frame to frame."""
    falling: float = 0.4
    """Share of sequences whose rain is drawn drop by drop, as that of `test:rain`."""
    nice: int = 0
    """How much the run gives way to others: 19 is the lowest priority."""
    checkpoint_seconds: float = 120.0
    """A killed run loses at most this long."""

    def __post_init__(self) -> None:
        """Refuses what no run can be made of."""
        for wrong, message in (*self._ranges(), *self._contradictions()):
            if wrong:
                raise TrainingError(message)

    def _ranges(self) -> tuple[tuple[bool, str], ...]:
        known = {*KINDS, LAYERS}
        strange = ", ".join(sorted(self.rain.keys() - known))
        return (
            *(
                (getattr(self, name) not in words, _one_of(name, words, self))
                for name, words in _WORDS.items()
            ),
            (
                bool(strange),
                f"rain is shares of {', '.join((*KINDS, LAYERS))}; got {strange}.",
            ),
            (
                not 0 <= self.teacher_share <= 1,
                f"teacher_share is from 0 to 1, got {self.teacher_share}.",
            ),
            *(
                (
                    getattr(self, name) < 0,
                    f"{name} is 0 or more, got {getattr(self, name)}.",
                )
                for name in _NOT_BELOW_0
            ),
            *(
                (
                    not 0 <= getattr(self, name) <= 1,
                    f"{name} is a chance from 0 to 1, got {getattr(self, name)}.",
                )
                for name in ("flakes", "thin_things", "dry", "falling")
            ),
            (self.frames < 1, f"frames is 1 or more, got {self.frames}."),
        )

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        half = self.blend < 1 and not self.begin_from
        return (
            (
                (LAYERS in self.rain) != bool(self.rain_layers),
                "rain has a share of layers exactly where rain_layers names folders.",
            ),
            (
                not 0 < self.blend <= 1 or half,
                "blend is above 0 and at most 1, and below 1 only with begin_from; "
                f"got {self.blend}.",
            ),
            (
                not self.phases or self.phases[0].start != 0,
                "phases must begin with one that starts at 0.",
            ),
            (
                self.schedule == "halving" and bool(self.budget),
                "A budget stretches the schedule; 'halving' is planned in steps. "
                "Use schedule = 'cosine'.",
            ),
            (
                bool(self.epochs) and bool(self.clean or self.budget),
                "epochs counts real pairs: without `clean` pictures and `budget`.",
            ),
            (
                self.frames > 1 and not (self.clean and not self.pairs),
                "frames of a sequence are made of `clean` pictures, without `pairs`.",
            ),
            (
                self.step_graph and self.compile,
                "step_graph captures the network as it is: without `compile`.",
            ),
            (
                self.fused_sums and self.compile,
                "fused_sums stands in the place of compiled parts: without `compile`.",
            ),
            (
                bool(self.epochs) and len(self.phases) > 1,
                "epochs needs one phase: one crop size and one batch.",
            ),
        )

    @property
    def title(self) -> str:
        """What the run is called: the name of its weights and of its row."""
        return self.name or self.model

    @property
    def weather(self) -> Weather:
        """What stands before the clean pictures, and what comes with the rain."""
        return Weather(flakes=self.flakes, thin_things=self.thin_things, dry=self.dry)

    @property
    def budget_seconds(self) -> float | None:
        """The budget in seconds; None for a run planned in steps."""
        return seconds_of(self.budget) if self.budget else None


def _one_of(name: str, words: tuple[str, ...], settings: TrainSettings) -> str:
    said = " or ".join(repr(word) for word in words)
    return f"{name} must be {said}, got {getattr(settings, name)!r}."


def load_settings(path: Path) -> TrainSettings:
    """Returns the settings of a TOML file, the defaults where it is silent.

    Raises:
        TrainingError: The file cannot be read, or names what is not a setting.
    """
    try:
        table = table_in(path)
    except TomlError as error:
        raise TrainingError(str(error)) from error
    return settings_from(table, str(path))


def settings_from(table: dict[str, Any], where: str) -> TrainSettings:
    """Returns the settings a table names; `where` is for messages.

    Raises:
        TrainingError: A key is unknown or a value has the wrong type.
    """
    own = {key: value for key, value in table.items() if key != "runs"}
    try:
        values = checked(own, get_type_hints(TrainSettings), where)
    except TomlError as error:
        raise TrainingError(str(error)) from error
    return TrainSettings(**values, runs=_runs(own, table.get("runs", {}), where))


def _runs(shared: dict[str, Any], tables: Any, where: str) -> tuple[TrainSettings, ...]:
    """The runs of a study: what all share, and what each changes."""
    if not isinstance(tables, dict) or any(
        not isinstance(table, dict) or "runs" in table for table in tables.values()
    ):
        raise TrainingError(f"{where}: runs must be tables [runs.NAME], got {tables!r}")
    return tuple(
        settings_from({**shared, "name": name, **table}, f"{where}: runs.{name}")
        for name, table in tables.items()
    )
