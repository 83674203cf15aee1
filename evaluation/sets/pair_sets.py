"""The sets of pairs: how many each has, and the folder forms it is handed around in."""

from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sets.pairing import Form, HalvesForm, PairForm
from evaluation.sets.testset import TestSet

_REPACKED = (
    PairForm(rainy="input", truth="target"),
    PairForm(rainy="inputcrop", truth="cleancrop"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetForm:
    """A set of pairs: its published count and the forms it is kept in."""

    name: str
    expected: int | None
    forms: tuple[Form, ...]
    folders: tuple[str, ...] = ()
    """Names of its folder below ROOT, for a ROOT that holds several sets."""
    notes: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    """What is measured of it when nobody says; empty: what fits pairs."""

    def open(self, root: Path) -> TestSet:
        """Returns what is found below `root`.

        Raises:
            EvaluationError: Nothing in a known form is there.
        """
        for place in self._places(root):
            found = [
                self._found(place, form) for form in self.forms if form.fits(place)
            ]
            if found:
                # Names may fit two forms; the right one pairs most of them.
                return max(found, key=lambda test_set: len(test_set.samples))
        raise EvaluationError(
            f"{root} holds no {self.name} in a known form; expected one of: "
            f"{'; '.join(_said(form) for form in self.forms)}."
        )

    def _places(self, root: Path) -> list[Path]:
        names = (self.name, *self.folders)
        return [root, *(root / name for name in names)]

    def _found(self, place: Path, form: Form) -> TestSet:
        samples, problems = form.samples(place)
        return TestSet(
            name=self.name,
            root=str(place),
            unit="pairs",
            samples=tuple(samples),
            expected=form.expected or self.expected,
            problems=tuple(problems),
            notes=self.notes,
            measures=self.measures,
        )


def _said(form: Form) -> str:
    if isinstance(form, HalvesForm):
        return f"pictures side by side in {form.folder or '.'}"
    if form.rainy == form.truth:
        return f"rainy and clean pictures together in {form.rainy or '.'}/"
    return f"{form.rainy or '.'}/ with {form.truth or '.'}/"


def many_rains(rainy: str, truth: str) -> PairForm:
    """Returns Rain14000's form: `901_1.jpg` to `901_14.jpg` belong to `901.jpg`."""
    return PairForm(
        rainy=rainy,
        truth=truth,
        rainy_name=r"(?P<key>\d+)_\d+",
        truth_name=r"(?P<key>\d+)",
    )


_JORDER_TRUTH = r"norain-(?P<key>\d+)"
RAIN100_FORMS = (
    *_REPACKED,
    PairForm(
        rainy="rainy",
        truth="",
        rainy_name=r"rain-(?P<key>\d+)",
        truth_name=_JORDER_TRUTH,
    ),
    PairForm(
        rainy="rain/X2",
        truth="norain",
        rainy_name=r"norain-(?P<key>\d+)x2",
        truth_name=_JORDER_TRUTH,
    ),
    PairForm(
        rainy="rain",
        truth="norain",
        rainy_name=r"(?:no)?rain-(?P<key>\d+)(?:x2)?",
        truth_name=_JORDER_TRUTH,
    ),
    PairForm(
        rainy="",
        truth="",
        rainy_name=r"rain-(?P<key>\d+)",
        truth_name=_JORDER_TRUTH,
    ),
)

PAIR_SETS = (
    SetForm(
        name="Rain100H",
        expected=100,
        forms=RAIN100_FORMS,
        folders=("R100H", "rain_data_test_Heavy", "test/small"),
        notes=("9 scenes occur twice, with other rain: 91 clean pictures.",),
    ),
    SetForm(
        name="Rain100L",
        expected=100,
        forms=RAIN100_FORMS,
        folders=("R100L", "rain_data_test_Light", "test/small"),
        notes=("9 scenes occur twice, with other rain: 91 clean pictures.",),
    ),
    SetForm(
        name="Test100",
        expected=98,
        forms=(
            *_REPACKED,
            PairForm(
                rainy="rain",
                truth="norain",
                rainy_name=r"rain-(?P<key>\d+)",
                truth_name=_JORDER_TRUTH,
            ),
            HalvesForm(folder="test_syn", rainy_is_left=False, expected=100),
        ),
        folders=("rain",),
        notes=("The paper says 100, as Rain800 was released; later copies hold 98.",),
    ),
    SetForm(
        name="Test1200",
        expected=1200,
        forms=(
            *_REPACKED,
            HalvesForm(folder="DID-MDN-test", rainy_is_left=True),
            HalvesForm(folder="test", rainy_is_left=True),
        ),
        folders=("DID-MDN-datasets",),
        notes=("512x512: the SSIM of 2009 (protocol prenet) shrinks it first.",),
    ),
    SetForm(
        name="Test2800",
        expected=2800,
        forms=(
            many_rains("rainy_image", "ground_truth"),
            many_rains("rain", "norain"),
            *_REPACKED,
            many_rains("input", "target"),
        ),
        folders=("testing",),
        notes=("MSPFN's split: 200 scenes of Rain14000, 14 rains each.",),
    ),
    SetForm(
        name="Rain12",
        expected=12,
        forms=(
            *_REPACKED,
            PairForm(
                rainy="",
                truth="",
                rainy_name=r"(?P<key>\d+)_in",
                truth_name=r"(?P<key>\d+)_GT",
            ),
            PairForm(
                rainy="input",
                truth="groundtruth",
                rainy_name=r"(?P<key>\d+)(?:_in)?",
                truth_name=r"(?P<key>\d+)(?:_GT)?",
            ),
            PairForm(
                rainy="rainy",
                truth="groundtruth",
                rainy_name=r"(?P<key>\d+)(?:_in)?",
                truth_name=r"(?P<key>\d+)(?:_GT)?",
            ),
        ),
        folders=("test12",),
    ),
    SetForm(
        name="SPA",
        expected=1000,
        forms=(
            *_REPACKED,
            PairForm(
                rainy="rain",
                truth="gt",
                rainy_name=r"(?P<key>\d+)",
                truth_name=r"(?P<key>\d+)(?:gt)?",
            ),
            PairForm(
                rainy="",
                truth="",
                rainy_name=r"(?P<key>\d+)",
                truth_name=r"(?P<key>\d+)gt",
            ),
        ),
        folders=("real_test_1000", "SPA-Data"),
    ),
    *(
        SetForm(
            name=name,
            expected=expected,
            forms=_REPACKED[:1],
            notes=("Which pictures it holds was never published.",),
        )
        for name, expected in (("COCO350", 350), ("BDD350", 350), ("BDD150", 150))
    ),
    SetForm(name="pairs", expected=None, forms=_REPACKED[:1]),
)
