"""Progress of an evaluation that nobody watches."""


class Silent:
    """Progress that nobody watches."""

    def begin(self, name: str, total: int | None) -> None:
        pass

    def step(self, name: str) -> None:
        pass
