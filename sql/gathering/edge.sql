-- grain: one pair of people at one unit that meet in so many weeks that chance does not explain it
-- inputs: gathering_pair (unit, person_a, person_b, a pair any number of times), gathering_regular (see regular.sql),
--         gathering_slot (slot, week), gathering_limit (unit, weeks, most: largest product of visits)
-- parameters: none
-- known limits: none
with pair as (
    select distinct
        unit,
        person_a,
        person_b
    from gathering_pair
),

met as (
    select
        p.unit,
        p.person_a,
        p.person_b,
        cast(a.visits * b.visits as integer) as visits,
        unnest(array_intersect(a.slots, b.slots)) as slot
    from pair as p
    inner join gathering_regular as a on p.unit = a.unit and p.person_a = a.person
    inner join gathering_regular as b on p.unit = b.unit and p.person_b = b.person
),

counted as (
    select
        m.unit,
        m.person_a,
        m.person_b,
        m.visits,
        count(distinct s.week) as weeks
    from met as m
    inner join gathering_slot as s on m.slot = s.slot
    group by m.unit, m.person_a, m.person_b, m.visits
)

select
    c.person_a,
    c.person_b,
    c.unit,
    c.weeks
from counted as c
inner join gathering_limit as l on c.unit = l.unit and c.weeks = l.weeks
where c.visits <= l.most
