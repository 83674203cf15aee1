"""Child processes that send: supervised, fed over a pipe, killable."""
