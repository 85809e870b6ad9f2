-- grain: one pair of regulars of a unit whose two smallest-hash slots agree in this band (person_a < person_b)
-- inputs: gathering_regular (unit, person, slot)
-- parameters: a1, b1, a2, b2 (hash h(x) = (a·x + b) mod prime), prime, most (persons a bucket), all integers
-- known limits: pairs of crowded buckets are left out; two hashes a band find pairs by chance of their common slots squared
with smallest as (
    select
        unit,
        person,
        min((cast(slot as bigint) * $a1 + $b1) % $prime) as first_hash,
        min((cast(slot as bigint) * $a2 + $b2) % $prime) as second_hash
    from gathering_regular
    group by unit, person
),

sized as (
    select
        unit,
        person,
        first_hash,
        second_hash,
        count(*) over (partition by unit, first_hash, second_hash) as persons
    from smallest
)

select
    a.unit,
    a.person as person_a,
    b.person as person_b
from sized as a
inner join sized as b
    on a.unit = b.unit and a.first_hash = b.first_hash and a.second_hash = b.second_hash and a.person < b.person
where a.persons <= $most and b.persons <= $most
