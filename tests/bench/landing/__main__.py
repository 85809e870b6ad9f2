"""`python -m tests.bench.landing OUT --scale 0.05`."""

import argparse
from pathlib import Path

from tests.bench.landing.make import FORMATS, write_city
from tests.bench.landing.spec import CitySpec

options = argparse.ArgumentParser()
options.add_argument("out", type=Path)
options.add_argument("--scale", type=float, default=0.05)
options.add_argument("--months", type=int, default=12)
options.add_argument("--seed", type=int, default=1)
options.add_argument("--points", type=int, default=250_000)
options.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
chosen = options.parse_args()
write_city(CitySpec(chosen.scale, chosen.months, chosen.seed, points=chosen.points), chosen.out, chosen.formats)
