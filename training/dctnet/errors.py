"""The base of every error that a user can mend."""


class DctnetError(ValueError):
    """Input that cannot be used; the message says what and, where it helps, what to do. The command line prints it."""
