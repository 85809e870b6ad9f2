-- grain: one person at one unit: weeks they came as bits of two numbers, and the smallest of their slots under twelve hashes
-- inputs: gathering_regular (unit, person, slot, week, visits)
-- parameters: a0 to a11, b0 to b11 (hash h(x) = (a·x + b) mod prime), prime, all integers
-- known limits: weeks 0 to 53; prime below 2^31
select
    unit,
    person,
    visits,
    bit_or(case when week < 30 then cast(1 as bigint) << week else cast(0 as bigint) end) as w0,
    bit_or(case when week >= 30 then cast(1 as bigint) << (week - 30) else cast(0 as bigint) end) as w1,
    cast(min((cast(slot as bigint) * $a0 + $b0) % $prime) as integer) as h0,
    cast(min((cast(slot as bigint) * $a1 + $b1) % $prime) as integer) as h1,
    cast(min((cast(slot as bigint) * $a2 + $b2) % $prime) as integer) as h2,
    cast(min((cast(slot as bigint) * $a3 + $b3) % $prime) as integer) as h3,
    cast(min((cast(slot as bigint) * $a4 + $b4) % $prime) as integer) as h4,
    cast(min((cast(slot as bigint) * $a5 + $b5) % $prime) as integer) as h5,
    cast(min((cast(slot as bigint) * $a6 + $b6) % $prime) as integer) as h6,
    cast(min((cast(slot as bigint) * $a7 + $b7) % $prime) as integer) as h7,
    cast(min((cast(slot as bigint) * $a8 + $b8) % $prime) as integer) as h8,
    cast(min((cast(slot as bigint) * $a9 + $b9) % $prime) as integer) as h9,
    cast(min((cast(slot as bigint) * $a10 + $b10) % $prime) as integer) as h10,
    cast(min((cast(slot as bigint) * $a11 + $b11) % $prime) as integer) as h11
from gathering_regular
group by unit, person, visits
