"""What `training` raises when a run cannot start or go on."""


class TrainingError(Exception):
    """Settings, pictures or a checkpoint cannot be used; the message says which."""
