"""What a few minutes on a machine with a GPU are spent on, prepared without one.

    prepare     packs what the machine lacks, and prints what to call there
    runner      a process and a limit for each part; JSON after each finding
    parts       the parts of `check` and `speed`, by their worth, and their limits
    findings    what a part writes down as it goes
    package     what `prepare` packed, seen from the machine
    subject     a GPU, or what stands for it in a dry run
    check/      its parts: correct, decoding, suite
    speed/      its parts: network, runs, steps, trace
    training    `train`: weights, for as long as there is time

Call it as `python -m benchmarks.gpu prepare|check|speed|train`.
"""
