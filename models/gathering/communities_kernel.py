"""Compiled local moving of communities."""

from typing import Any

import numpy as np

from models.gathering.compiled import compiled


@compiled
def move(start: Any, other: Any, weight: Any, size: Any, gamma: Any) -> Any:
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
