"""What counts as a rhythm."""

SHORTEST, LONGEST = 2, 35
LEAST_VISITS = 6
LEVEL = 1e-3
WIDEST = 2  # days on either side of the phase
ROUNDS = 7  # rhythms of one person at one unit: the days of a week
#: share of a rhythm's occasions between its first and last that must be kept
KEPT = 0.5
