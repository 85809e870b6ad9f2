"""A city's year as a bureau delivers it: `write_city(spec, folders)` writes Parquet and CSV in bounded memory."""

from tests.bench.landing.make import write_city
from tests.bench.landing.spec import CitySpec

__all__ = ["CitySpec", "write_city"]
