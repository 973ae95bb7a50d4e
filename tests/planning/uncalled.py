"""What functions raise whose signature alone is of interest."""


def uncalled(*arguments: object) -> AssertionError:
    """Say that a tool was called which is only planned with."""
    return AssertionError(f"only planned with, but called with {arguments!r}")
