"""The text that explains the truth to whoever finds it."""

from pathlib import Path

TEXTS = Path(__file__).parent / "texts"


def truth_readme() -> str:
    """README.md of the truth folder."""
    return (TEXTS / "truth.md").read_text(encoding="utf-8")
