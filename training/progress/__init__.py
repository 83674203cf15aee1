"""How far a run is: `schedule` and `running_clock`; `checkpoint`, to go on from."""
