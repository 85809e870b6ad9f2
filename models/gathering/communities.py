"""Communities by the constant Potts model: local moving and aggregation (Louvain's scheme with CPM's quality).

Quality = Σ over communities of (links inside − γ · pairs inside) (Traag, Van Dooren, Nesterov 2011): a community
is kept together where its density is above γ, whatever the size of the graph.
"""

import numpy as np
from scipy import sparse

from models.gathering.visits import Ints

GAMMA = 0.25
LEVELS = 20


def communities(graph: sparse.csr_array, gamma: float = GAMMA) -> Ints:
    """Community number of every node of a symmetric 0/1 matrix; the order of the nodes decides ties."""
    from models.gathering.communities_kernel import move  # the compiler is loaded only where it is needed

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
