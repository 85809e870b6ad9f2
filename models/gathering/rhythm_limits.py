"""What counts as a rhythm."""

SHORTEST, LONGEST = 2, 35
LEAST_VISITS = 6
LEVEL = 1e-3
#: whole days of a window at most, and never more than half of the period
WIDEST = 5
ROUNDS = 7  # rhythms of one person at one unit: the days of a week
#: occasions a rhythm is kept at, and their share between its first and its last
LEAST_HITS, KEPT = 5, 0.5
#: sets of two or three days of the week, which no window of a week holds without the days between
WEEKDAY_SETS = 21 + 35
#: what is tried: every first day of every width of every period, and the sets
TESTS = sum(q * min(WIDEST, q // 2) for q in range(SHORTEST, LONGEST + 1)) + WEEKDAY_SETS
