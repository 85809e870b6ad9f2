"""Invented cities of visits with gangs and look-alikes, written straight into core.settlement."""

from models.sample.visits.city import CitySpec, CityTruth, fill

__all__ = ["CitySpec", "CityTruth", "fill"]
