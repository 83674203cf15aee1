"""Parameter files that others published and a user brings, by path, checked by hash."""

from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFile:
    """A file of figures that a measure cannot do without."""

    name: str
    repository: str
    sha256: str | None = None
    """What its content must hash to; None where no hash is known for sure."""

    @property
    def missing(self) -> str:
        """What is printed where the figure would stand."""
        return f"not computed: {self.name} needed, from {self.repository}"

    def checked(self, path: Path) -> str:
        """Returns the hash of the file at `path`, after comparing it.

        Where no hash is known, `FILE.sha256` beside it is obeyed, as `sha256sum`
        writes it.

        Raises:
            EvaluationError: It cannot be read, or is another file.
        """
        found = sha256_of(path)
        expected = self.sha256 or _written_beside(path)
        if expected is not None and found != expected:
            raise EvaluationError(
                f"{path} is not the {self.name} of {self.repository}: SHA-256 should "
                f"begin {expected[:12]}, it begins {found[:12]}."
            )
        return found


def _written_beside(path: Path) -> str | None:
    beside = path.with_name(f"{path.name}.sha256")
    if not beside.is_file():
        return None
    words = beside.read_text(encoding="utf-8").split()
    return words[0].lower() if words else None


NIQE_FILE = ParameterFile(
    name="modelparameters.mat",
    repository="github.com/utlive/niqe",
    sha256="fa2aa4d12dd9595c3fb6bf8b4e1a15c79d5d1469238d0901c88dead195be578d",
)
SSEQ_FILE = ParameterFile(
    name="model.mat",
    repository="github.com/utlive/SSEQ",
    sha256="69c1472fbabb10714ecea21cebbf84c08580cacb4bb9858a8a231aabf124561e",
)
BRISQUE_FILE = ParameterFile(
    name="allmodel (with allrange beside it)",
    repository="github.com/utlive/BRISQUE",
    sha256="8b04d6045f1b27261610c8ab1730fdcc14ec80bfab0f1ab5f703bbc2927314de",
)
LPIPS_FILE = ParameterFile(
    name="an ONNX file of LPIPS",
    repository="an export of your own (github.com/richzhang/PerceptualSimilarity)",
)
