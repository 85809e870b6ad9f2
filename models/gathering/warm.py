"""Compiling the kernels ahead: it takes seconds that would else be waited for when the first groups are looked for."""

import numpy as np
from scipy import sparse

from models.gathering.chain import chain
from models.gathering.communities import communities
from models.gathering.visits import DAY_BITS, PERSON_BITS, unpack


def compile_kernels() -> None:
    """Find the groups among invented people, so that every compiled function has been called."""
    together = [3, 11, 17, 40, 52, 75, 96, 130, 141, 177, 203, 260, 288]
    seen = [(person, day) for person in range(8) for day in together]
    seen += [(person, (37 * person + 83 * k * k) % 350) for person in range(8, 400) for k in range(3)]
    seen += [(person, day) for person in range(400, 404) for day in range(person % 7, 350, 7)]
    packed = [(person << PERSON_BITS) | (day << DAY_BITS) | 480 for person, day in sorted(set(seen))]
    chain(unpack(np.array(packed, dtype=np.int64), 404, 1, 365), np.array(["outpatient"], dtype=object), 1)
    communities(sparse.csr_array(np.kron(np.eye(2), np.ones((4, 4)) - np.eye(4))))


if __name__ == "__main__":
    compile_kernels()
