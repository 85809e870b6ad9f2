"""Groups in the graph of pairs: k-truss, connected components, communities."""

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from models.gathering.communities import communities
from models.gathering.visits import Ints

TRIANGLES = 2
LEAST_MEMBERS = 5
#: a component of more members and less density than this is parted into communities
SMALL, DENSE = 8, 0.9


def merged_graph(edges: pl.DataFrame) -> tuple[sparse.csr_array, Ints]:
    """Symmetric 0/1 matrix of people linked at any unit in any grid, and the person number of each row."""
    a, b = edges["person_a"].to_numpy(), edges["person_b"].to_numpy()
    people = np.unique(np.concatenate([a, b]))
    i, j = np.searchsorted(people, a), np.searchsorted(people, b)
    n = len(people)
    both = (np.concatenate([i, j]), np.concatenate([j, i]))
    graph = sparse.csr_array((np.ones(2 * len(i), dtype=np.int32), both), shape=(n, n))
    graph.data[:] = 1
    return graph, people


def truss(graph: sparse.csr_array, triangles: int) -> sparse.csr_array:
    """What is left when every edge in fewer triangles is removed, until none is."""
    while graph.nnz:
        support = (graph @ graph).multiply(graph).tocsr()
        support.data = (support.data >= triangles).astype(np.int32)
        support.eliminate_zeros()
        if support.nnz == graph.nnz:
            return graph
        graph = support
    return graph


def find_groups(edges: pl.DataFrame) -> list[Ints]:
    """Person numbers of each group, sorted; groups in the order of their members.

    Groups are looked for at each unit by itself and over all units together: a person may be in several, and the same
    group may come twice, a little different.
    """
    if edges.is_empty():
        return []
    found = _groups(edges)
    for own in edges.sort("unit").partition_by("unit", maintain_order=True):
        found += _groups(own) if own.height >= LEAST_MEMBERS * (LEAST_MEMBERS - 1) / 2 else []
    return [np.array(one) for one in sorted({tuple(members.tolist()) for members in found})]


def _groups(edges: pl.DataFrame) -> list[Ints]:
    """Each edge is in 3 triangles or more; connected components of that, then communities, each again a truss."""
    graph, people = merged_graph(edges)
    found: list[Ints] = []
    for rows, part in _components(truss(graph, TRIANGLES)):
        if not _loose(part):  # a connected part of a truss is one itself
            found.append(people[rows])
            continue
        label = communities(part)
        for name in np.unique(label):
            own = np.flatnonzero(label == name)
            if len(own) >= LEAST_MEMBERS:
                found += [people[rows[own[kept]]] for kept, _ in _components(truss(part[own][:, own], TRIANGLES))]
    return found


def _components(graph: sparse.csr_array) -> list[tuple[Ints, sparse.csr_array]]:
    """Rows and matrix of each connected component of enough members; rows without links are none."""
    linked = np.flatnonzero(np.diff(graph.indptr))
    if not len(linked):
        return []
    if len(linked) < graph.shape[0]:
        graph = graph[linked][:, linked]
    count, label = csgraph.connected_components(graph, directed=False)
    if count == 1:
        return [(linked, graph)] if len(linked) >= LEAST_MEMBERS else []
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])
    return [(linked[rows], graph[rows][:, rows].tocsr()) for rows in parts if len(rows) >= LEAST_MEMBERS]


def _loose(graph: sparse.csr_array) -> bool:
    members = graph.shape[0]
    return members > SMALL and graph.nnz < DENSE * members * (members - 1)
