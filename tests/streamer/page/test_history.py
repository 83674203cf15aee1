from streamer.page.history import History, Sample


def sample(fps: float, coverage: float | None) -> Sample:
    return Sample(fps_in=fps, fps_out=fps, latency_ms=50, coverage=coverage)


def test_ten_seconds_become_one_point_with_the_mean() -> None:
    history = History()

    for second, fps in enumerate((10, 20, 30)):
        history.add(1000 + second, sample(fps, None if second else 2.0))
    history.add(1010, sample(5, None))

    first, second_point = history.as_json()
    assert first["time"] == 1000
    assert first["fps_out"] == 20
    assert first["coverage"] == 2.0
    assert second_point["coverage"] is None


def test_an_hour_is_kept_and_no_more() -> None:
    history = History()

    for second in range(0, 7200, 10):
        history.add(second, sample(1, 0.0))

    assert len(history.as_json()) == 361
    assert history.as_json()[0]["time"] == 3590
