-- grain: one pair of people at one unit that meet in so many weeks that chance does not explain it
-- inputs: gathering_pair (unit, person_a, person_b), gathering_bitmap (unit, person, visits, w0, w1), gathering_regular
--         (unit, person, slot, week), gathering_limit (unit, weeks, most: largest product of visits)
-- parameters: least_weeks (integer)
-- known limits: weeks both came are an upper bound of the weeks they met, so pairs below the limit by weeks need no join
with near as (
    select
        p.unit,
        p.person_a,
        p.person_b,
        a.visits * b.visits as visits
    from gathering_pair as p
    inner join gathering_bitmap as a on p.unit = a.unit and p.person_a = a.person
    inner join gathering_bitmap as b on p.unit = b.unit and p.person_b = b.person
    inner join gathering_limit as l
        on p.unit = l.unit and l.weeks = least(bit_count(a.w0 & b.w0) + bit_count(a.w1 & b.w1), 53)
    where
        bit_count(a.w0 & b.w0) + bit_count(a.w1 & b.w1) >= $least_weeks
        and a.visits * b.visits <= l.most
),

met as (
    select
        n.unit,
        n.person_a,
        n.person_b,
        n.visits,
        count(distinct a.week) as weeks
    from near as n
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
