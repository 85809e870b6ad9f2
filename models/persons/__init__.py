"""Persons whose visits and purchases are unlike others', the providers they lead to, and their graph."""

from models.persons.graph import graph_frames, neighbourhood, write_graph
from models.persons.persons import persons
from models.persons.plot import neighbourhood_figure

__all__ = ["graph_frames", "neighbourhood", "neighbourhood_figure", "persons", "write_graph"]
