-- grain: one pair of people at one unit that meet in so many weeks that chance does not explain it
-- inputs: gathering_pair (unit, person_a, person_b, visits: product of the two), gathering_regular (unit, person, slot, week),
--         gathering_limit (unit, weeks, most: largest product of visits)
-- parameters: least_weeks (integer)
-- known limits: none
with met as (
    select
        n.unit,
        n.person_a,
        n.person_b,
        n.visits,
        count(distinct a.week) as weeks
    from gathering_pair as n
    inner join gathering_regular as a on n.unit = a.unit and n.person_a = a.person
    inner join gathering_regular as b on n.unit = b.unit and n.person_b = b.person and a.slot = b.slot
    group by n.unit, n.person_a, n.person_b, n.visits
)

select
    m.person_a,
    m.person_b,
    m.unit,
    m.weeks
from met as m
inner join gathering_limit as l on m.unit = l.unit and m.weeks = l.weeks
where m.weeks >= $least_weeks and m.visits <= l.most
