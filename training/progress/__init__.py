"""How far a run is: its `schedule`, its `running_clock`, and `checkpoint` to go on from."""
