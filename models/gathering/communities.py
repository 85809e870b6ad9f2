"""Communities by the constant Potts model: local moving and aggregation (Louvain's scheme with CPM's quality).

Quality = Σ over communities of (links inside − γ · pairs inside) (Traag, Van Dooren, Nesterov 2011): a community
is kept together where its density is above γ, whatever the size of the graph.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse

from models.gathering.visits import Ints

GAMMA = 0.25
LEVELS = 20


@cache
def _kernel() -> Callable[..., Any]:  # noqa: C901  (compiled loops stay in one piece)
    from numba import njit

    @njit(nogil=True)
    def move(start, other, weight, size, gamma):  # noqa: C901
        """Move nodes, in order, to the neighbouring community that gains most, until nothing moves."""
        n = len(size)
        label = np.arange(n)
        held = size.copy()
        links = np.zeros(n)
        near = np.empty(n, dtype=np.int64)
        for _ in range(100):
            moved = 0
            for i in range(n):
                found = 0
                for j in range(start[i], start[i + 1]):
                    c = label[other[j]]
                    if other[j] != i:
                        if links[c] == 0:
                            near[found] = c
                            found += 1
                        links[c] += weight[j]
                own = label[i]
                held[own] -= size[i]
                best, gain = own, links[own] - gamma * size[i] * held[own]
                for t in range(found):
                    c = near[t]
                    value = links[c] - gamma * size[i] * held[c]
                    if value > gain + 1e-9 or (value > gain - 1e-9 and c < best and c != own and best != own):
                        best, gain = c, value
                if gain < -1e-9:  # better alone
                    for c in range(n):
                        if held[c] == 0:
                            best = c
                            break
                for t in range(found):
                    links[near[t]] = 0
                held[best] += size[i]
                if best != own:
                    label[i] = best
                    moved += 1
            if moved == 0:
                break
        return label

    return move


def communities(graph: sparse.csr_array, gamma: float = GAMMA) -> Ints:
    """Community number of every node of a symmetric 0/1 matrix; the order of the nodes decides ties."""
    move = _kernel()
    label = np.arange(graph.shape[0])
    size = np.ones(graph.shape[0], dtype=np.int64)
    now = graph.astype(np.float64).tocsr()
    for _ in range(LEVELS):
        found = move(now.indptr, now.indices, now.data, size, gamma)
        names, found = np.unique(found, return_inverse=True)
        if len(names) == len(size):
            break
        label = found[label]
        size = np.bincount(found, weights=size).astype(np.int64)
        join = sparse.csr_array((np.ones(len(found)), (np.arange(len(found)), found)), shape=(len(found), len(names)))
        now = (join.T @ now @ join).tocsr()
        now.sort_indices()
    return label
