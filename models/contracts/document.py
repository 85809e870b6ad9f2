"""The YAML files that come with the program: there are a hundred, and every command reads most of them."""

from pathlib import Path
from typing import Any

import yaml

# the parser written in C where PyYAML was built with it: ten times faster, the same documents
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_document(path: Path) -> Any:
    """The document of one YAML file, plain values only; raises yaml.YAMLError where it is none."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
