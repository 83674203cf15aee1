"""What a connection says of its audio, without a connection."""

import pytest

from sources.live.network.audio import aac_config

AAC_LC = 2
OF_48_KHZ, OF_24_KHZ = 3, 6
"""In ISO 14496-3, table 1.18."""


@pytest.mark.parametrize(
    ("profile", "core_rate", "core_channels"),
    [("LC", OF_48_KHZ, 2), ("HE-AAC", OF_24_KHZ, 2), ("HE-AACv2", OF_24_KHZ, 1)],
)
def test_the_config_of_adts_is_that_of_its_core(
    profile: str, core_rate: int, core_channels: int
) -> None:
    config = aac_config(48_000, 2, profile)

    bits = f"{int(config, 16):016b}"
    kind, rate, channels = int(bits[:5], 2), int(bits[5:9], 2), int(bits[9:13], 2)
    assert (kind, rate, channels) == (AAC_LC, core_rate, core_channels)
