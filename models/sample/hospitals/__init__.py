"""Invented hospitals for measuring the scores: many honest ones that differ, and some that are planted."""

from models.sample.hospitals.spec import DIP_UPCODERS, LOOK_ALIKES, SPENDERS, UPCODERS, HospitalSpec, HospitalTruth
from models.sample.hospitals.world import fill

__all__ = ["DIP_UPCODERS", "LOOK_ALIKES", "SPENDERS", "UPCODERS", "HospitalSpec", "HospitalTruth", "fill"]
