-- grain: one pair of regulars of a unit whose two smallest-hash slots agree in this band (person_a < person_b), if the weeks both
--        came could take them to the limit
-- inputs: gathering_minhash (see minhash.sql), gathering_limit (unit, weeks, most: largest product of visits)
-- parameters: band (0 to 5: hashes 2·band and 2·band + 1), most (persons a bucket), least_weeks, all integers
-- known limits: pairs of crowded buckets are left out; two hashes a band find pairs by chance of their common slots squared;
--               weeks both came are an upper bound of the weeks they met
with hashed as (
    select
        unit,
        person,
        visits,
        w0,
        w1,
        case $band
            when 0 then h0
            when 1 then h2
            when 2 then h4
            when 3 then h6
            when 4 then h8
            when 5 then h10
        end as first_hash,
        case $band
            when 0 then h1
            when 1 then h3
            when 2 then h5
            when 3 then h7
            when 4 then h9
            when 5 then h11
        end as second_hash
    from gathering_minhash
),

sized as (
    select
        unit,
        person,
        visits,
        w0,
        w1,
        first_hash,
        second_hash,
        count(*) over (partition by unit, first_hash, second_hash) as persons
    from hashed
),

paired as (
    select
        a.unit,
        a.person as person_a,
        b.person as person_b,
        cast(a.visits * b.visits as integer) as visits,
        least(bit_count(a.w0 & b.w0) + bit_count(a.w1 & b.w1), 53) as weeks
    from sized as a
    inner join sized as b
        on a.unit = b.unit and a.first_hash = b.first_hash and a.second_hash = b.second_hash and a.person < b.person
    where a.persons <= $most and b.persons <= $most
)

select
    p.unit,
    p.person_a,
    p.person_b,
    p.visits
from paired as p
inner join gathering_limit as l on p.unit = l.unit and p.weeks = l.weeks
where p.weeks >= $least_weeks and p.visits <= l.most
