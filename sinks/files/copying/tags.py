"""Which tags of a file and its streams go into another file."""

import re

from av.stream import Stream

from sources.container.tags import readable_tags

_OWN_TAGS = frozenset(
    {"encoder", "major_brand", "minor_version", "compatible_brands", "duration"}
)
_QUICKTIME_LANGUAGES = {
    **{"deu": "ger", "fre": "fra", "nld": "dut", "swe": "sve", "ell": "gre"},
    **{"isl": "ice", "zho": "chi", "cze": "ces", "rum": "ron", "slo": "slk"},
    **{"sqi": "alb", "mkd": "mac", "fas": "per", "eus": "baq", "cym": "wel"},
    **{"msa": "may", "hye": "arm", "kat": "geo", "mya": "bur", "bod": "tib"},
}
"""Of two codes for one language FFmpeg writes only one into MOV, and no other."""
_ITUNES = frozenset(
    {"title", "artist", "album_artist", "composer", "album", "date", "comment"}
    | {"genre", "copyright", "grouping", "lyrics", "description", "synopsis", "show"}
    | {"episode_id", "network", "keywords", "episode_sort", "season_number", "track"}
    | {"media_type", "hd_video", "gapless_playback", "compilation", "disc", "tmpo"}
    | {"creation_time"}
)
"""What FFmpeg writes into MP4 under names of iTunes (`movenc.c`, `ilst`)."""
_PLACE = re.compile(r"[+-]\d{1,3}(\.\d{1,4})?[+-]\d{1,3}(\.\d{1,4})?/?")
_STATISTICS = ("bps", "number_of_", "_statistics_")
"""Tags that describe the old file's bytes and would be wrong in the new one."""


def tags_to_keep(metadata: dict[str, str]) -> dict[str, str]:
    """Returns the tags that are as true of the new file as of the old one."""
    return {
        key: value
        for key, value in readable_tags(metadata).items()
        if key.lower() not in _OWN_TAGS and not key.lower().startswith(_STATISTICS)
    }


def has_own_tags(metadata: dict[str, str]) -> bool:
    """Returns whether there are tags for which MP4 has no name of its own."""
    return any(
        key.lower() not in _ITUNES and not _is_place(key.lower(), value)
        for key, value in tags_to_keep(metadata).items()
    )


def _is_place(key: str, value: str) -> bool:
    """Whether MP4 writes it as a place of its own (`loci`): two numbers, no height."""
    is_place = key == "location" or key.startswith("location-")
    return is_place and _PLACE.fullmatch(value) is not None


def stream_tags(stream: Stream, *, quicktime: bool) -> dict[str, str]:
    """Returns the tags of a stream for a file; `quicktime`: for MOV."""
    tags = tags_to_keep(stream.metadata)
    if "name" in tags and "title" not in tags:  # FFmpeg reads it so, and writes it so
        tags["title"] = tags.pop("name")
    if quicktime and "language" in tags:
        known = _QUICKTIME_LANGUAGES.get(tags["language"], tags["language"])
        tags["language"] = known
    return tags
