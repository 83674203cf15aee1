"""What is kept on disk of long work: manifests, identities, locks, whole files.

`names` says where, `disk` how a file gets there whole, `lock` who may work. `manifest`
is what is done of a film, `identity` and `engine` what it was made with; `earlier`
compares that with a new run, `status` reads it for a user.
"""
