"""One film on its way: what is planned, what is done, and what comes next."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sinks.files.muxing.container import check_target
from sources.files.packet_index import PacketIndex, index_of
from streamer.errors import StreamerError
from streamer.library.jobs import PieceJob
from streamer.library.join import (
    join_pieces,
    keep_whole,
    remove_parts,
    remove_pieces,
)
from streamer.library.plan import Plan, lead_ins, plan_of, window_of
from streamer.library.state.earlier import (
    GrownError,
    forget_what_is_gone,
    refuse_changed,
    refuse_foreign,
    refuse_other,
    refuse_same,
)
from streamer.library.state.identity import SourceIdentity, identity_of
from streamer.library.state.manifest import (
    FilmDone,
    FilmRecord,
    Manifest,
    PieceRecord,
    read_manifest,
)
from streamer.library.state.names import state_path
from streamer.library.work import REACH, Work


@dataclass(slots=True)
class Film:
    """A source, its output, and the manifest between them.

    `prepare` comes first; then jobs are taken with `next_job` and their records given
    to `take`, until `complete`.
    """

    source: Path
    output: Path
    state: Path
    """The folder of the manifest and the pieces."""
    work: Work
    below: Path = Path()
    """The folders of a library that it lies in."""
    twin: Path | None = None
    """Another source that would become the same output: neither is made."""
    busy: set[int] = field(default_factory=set)
    """Numbers of the pieces that somebody works on."""
    frames_running: dict[int, int] = field(default_factory=dict)
    manifest: Manifest = field(init=False)
    _index: PacketIndex | None = None

    def __post_init__(self) -> None:
        self.manifest = Manifest(state_path(self.state, self.output, ".jsonl"))

    @property
    def name(self) -> str:
        """Of the output."""
        return self.output.name

    @property
    def shown(self) -> str:
        """Its name with the folders of a library in front."""
        return str(self.below / self.output.name)

    @property
    def folder(self) -> Path:
        """Of the pieces."""
        return state_path(self.state, self.output, ".pieces")

    @property
    def lock(self) -> Path:
        """The file that one program at a time holds."""
        return state_path(self.state, self.output, ".lock")

    @property
    def plan(self) -> Plan:
        """How it is cut; after `prepare`."""
        return self._record.plan

    @property
    def done(self) -> FilmDone | None:
        """What came out, if it is complete."""
        return self.manifest.done

    @property
    def count(self) -> int:
        """How many pieces it has."""
        return max(len(self.plan.spans), 1)

    @property
    def frames_done(self) -> int:
        """Frames in pieces that are kept, and in those under way."""
        kept = sum(piece.frames for piece in self.manifest.pieces.values())
        return kept + sum(self.frames_running.values())

    @property
    def _record(self) -> FilmRecord:
        if self.manifest.film is None:
            raise ValueError("Film.prepare comes first.")
        return self.manifest.film

    def refuse_twin(self) -> None:
        """Refuses a film whose output is another one's, too.

        Raises:
            StreamerError: There is such another source.
        """
        if self.twin is not None:
            raise StreamerError(
                f"{self.source} and {self.twin} would both become {self.output}; "
                "neither is made"
            )

    def prepare(self, recipe: Mapping[str, Any]) -> None:
        """Finds out what is done already, and plans the rest.

        Args:
            recipe: `Work.recipe`, which costs reading the weights.

        Raises:
            SourceError: The source cannot be read.
            SinkError: The output cannot be written.
            StreamerError: An earlier run worked on another source, or otherwise.
        """
        identity = identity_of(self.source)
        check_target(self.output, self.work.encode)
        refuse_same(self.source, self.output)
        if not self.work.overwrite:
            refuse_foreign(self.output, self.manifest.path)
        self.manifest = self._read()
        if self._keeps_something(identity):
            refuse_other(self.manifest, self.source, self.output, identity, recipe)
            (remove_pieces if self.done else remove_parts)(self.folder)
            return
        remove_pieces(self.folder)
        plan = self._plan()
        self.manifest.begin(
            FilmRecord(
                source=str(self.source), identity=identity, recipe=recipe, plan=plan
            )
        )

    def _keeps_something(self, identity: SourceIdentity) -> bool:
        """Takes what is gone for not done; returns whether anything is left.

        A plan alone is nothing, nor is what was made of a source that was cut short,
        as one that was still being copied, once it is longer.
        """
        manifest, record = self.manifest, self.manifest.film
        if record is None or not (manifest.pieces or manifest.done):
            return False
        if record.plan.problem and identity.size > record.identity.size:
            return False
        forget_what_is_gone(manifest, self.output, self.folder)
        return bool(manifest.pieces or manifest.done or self.output.exists())

    def _read(self) -> Manifest:
        if self.work.options.restart:
            return Manifest(self.manifest.path)
        return read_manifest(self.manifest.path)

    def _plan(self) -> Plan:
        index, options = self._indexed(), self.work.options
        reach = REACH[self.work.network.temporal]
        window = window_of(index, options)
        return plan_of(self.source, index, window, options.piece, reach)

    def _indexed(self) -> PacketIndex:
        if self._index is None:
            self._index = index_of(self.source)
        return self._index

    def next_job(self) -> PieceJob | None:
        """Returns a piece that can be made now; None: wait, or all are taken."""
        for number in range(self.count):
            if number in self.manifest.pieces or number in self.busy:
                continue
            if number and self._needs_the_one_before(number):
                return None
            self.busy.add(number)
            return self._job(number)
        return None

    def _needs_the_one_before(self, number: int) -> bool:
        """The causal step finds each frame in the cleaned one before it."""
        causal = self.work.network.temporal == "causal"
        return causal and number - 1 not in self.manifest.pieces

    def _job(self, number: int) -> PieceJob:
        span = self.plan.spans[number] if self.plan.spans else None
        before = self.manifest.pieces.get(number - 1)
        network = self.work.network
        job = PieceJob(
            number=number,
            source=self.source,
            folder=self.folder,
            film_suffix=self.output.suffix.lower(),
            span=span,
            network=network,
            encode=self.work.encode,
            compare=self.work.compare or self.work.options.preview,
            require_gpu_decode=self.work.require_gpu_decode,
            engine=self.manifest.engine,
        )
        if number == 0 or (network.gate == "off" and network.temporal != "causal"):
            return job
        if before is not None and before.frames:
            return replace(job, gate=before.gate, lumas=before.lumas)
        stretches = lead_ins(self._indexed(), self.plan, number)
        return replace(job, lead_ins=tuple(stretches))

    def take(self, piece: PieceRecord) -> None:
        """Notes that a piece is done.

        If it does not fit the others, the film begins anew as one piece. One that
        another engine computed than the pieces before it is to be made again.

        Raises:
            StreamerError: The manifest cannot be written.
        """
        self.release(piece.number)
        if self.manifest.film is None or piece.number >= self.count:
            return
        engine = self.manifest.engine
        if engine and piece.engine and engine.differs(piece.engine):
            return
        others = [p for p in self.manifest.pieces.values() if p.form and piece.form]
        odd = next((p for p in others if p.form != piece.form), None)
        if odd is not None:
            self._begin_whole(_forms_differ(odd, piece))
            return
        self.manifest.add(piece)

    def _begin_whole(self, reason: str) -> None:
        plan = self.plan
        frames = (plan.frames_expected,)
        whole = replace(plan, spans=(), frames=frames, whole=reason)
        remove_pieces(self.folder)
        self.manifest.begin(replace(self._record, plan=whole))

    def release(self, number: int) -> None:
        """Says that nobody works on a piece any more."""
        self.busy.discard(number)
        self.frames_running.pop(number, None)

    @property
    def all_pieces_done(self) -> bool:
        """Whether only the joining is left."""
        return not self.busy and len(self.manifest.pieces) == self.count

    def complete(self) -> FilmDone:
        """Joins the pieces, checks the film, and notes that it is done.

        Where the source has another length by now, as of a film that is still being
        copied, nothing of the pieces can be used: the next run begins anew.

        Raises:
            StreamerError: The source is another one by now, a piece is damaged, or
                frames are missing.
            SinkError: The disk is full.
        """
        try:
            refuse_changed(self._record, self.source)
        except GrownError:
            self.manifest.forget()
            remove_pieces(self.folder)
            raise
        pieces = [self.manifest.pieces[number] for number in range(self.count)]
        if self.plan.whole:
            done = keep_whole(self.source, pieces[0], self.folder, self.output)
        else:
            done = join_pieces(
                self.source,
                self.plan,
                pieces,
                self.folder,
                self.output,
                excerpt=self.work.options.is_excerpt,
            )
        self.manifest.finish(done)
        with suppress(OSError):  # the film is done, whatever stays behind
            remove_pieces(self.folder)
        return done


def _forms_differ(one: PieceRecord, other: PieceRecord) -> str:
    first, second = sorted((one, other), key=lambda piece: piece.number)
    return f"its pictures change from {first.form} to {second.form}"
