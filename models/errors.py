"""Errors a user can act on: one readable message each, and the exit code of the command line."""

from pathlib import Path


class JichaError(Exception):
    """Base of all errors shown to users as a message, never as a traceback."""

    exit_code = 1


class UsageError(JichaError):
    """The command or its configuration is wrong."""

    exit_code = 2


class InputRefused(JichaError):
    """The landing, the key or the register cannot be accepted; names every file with its reason."""

    exit_code = 3


def no_landing(folder: Path) -> InputRefused:
    """What a command says of a landing folder that is not there."""
    return InputRefused(f"数据目录不存在 / landing folder not found: {folder}. Is the disk mounted, the path right?")


class GateBlocked(JichaError):
    """A quality gate stopped the lists; the month stays loaded but blocked."""

    exit_code = 4


class RuleFailed(JichaError):
    """One or more rules could not be computed, so no clawback list is made."""

    exit_code = 1


class QueryFailed(JichaError):
    """A query could not be computed on the cluster."""

    exit_code = 1
