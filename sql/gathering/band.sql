-- grain: one pair of regulars of a unit whose smallest slots under two hashes agree (person_a < person_b), if the weeks both
--        came could take them to the limit
-- inputs: gathering_regular (see regular.sql), gathering_limit (unit, weeks, most: largest product of visits)
-- parameters: a0, b0, a1, b1 (hash h(x) = (a·x + b) mod prime), prime, most (persons a bucket), all integers
-- known limits: prime below 2^20, units below 2^18: unit and both hashes are one number; pairs of crowded buckets are left out;
--               two hashes a band find pairs by chance of their common slots squared;
--               weeks both came in slots of the same remainder are an upper bound of the weeks they met
with hashed as materialized (
    select
        unit,
        person,
        visits,
        w0,
        w1,
        w2,
        (
            cast(unit as bigint) * 1048576
            + list_min(list_transform(slots, lambda x: (cast(x as bigint) * $a0 + $b0) % $prime))
        ) * 1048576
        + list_min(list_transform(slots, lambda x: (cast(x as bigint) * $a1 + $b1) % $prime)) as bucket
    from gathering_regular
),

shared as (
    select bucket
    from hashed
    group by bucket
    having count(*) between 2 and $most
),

placed as materialized (
    select
        h.bucket,
        h.unit,
        h.person,
        h.visits,
        h.w0,
        h.w1,
        h.w2
    from hashed as h
    inner join shared as s on h.bucket = s.bucket
),

paired as (
    select
        a.unit,
        a.person as person_a,
        b.person as person_b,
        cast(a.visits * b.visits as integer) as visits,
        bit_count((a.w0 & b.w0) | (a.w1 & b.w1) | (a.w2 & b.w2)) as weeks
    from placed as a
    inner join placed as b on a.bucket = b.bucket and a.person < b.person
)

select
    p.unit,
    p.person_a,
    p.person_b
from paired as p
inner join gathering_limit as l on p.unit = l.unit and p.weeks = l.weeks
where p.visits <= l.most
