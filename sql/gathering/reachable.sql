-- grain: one person at one unit who could be half of a pair: the best partner came exactly when they met
-- inputs: gathering_rows (unit, person, slot, week), gathering_limit (unit, weeks, most)
-- parameters: least_weeks (integer)
-- known limits: none
with came as (
    select
        unit,
        person,
        count(*) as visits,
        count(distinct week) as weeks
    from gathering_rows
    group by unit, person
    having count(distinct week) >= $least_weeks
)

select
    c.unit,
    c.person,
    c.visits
from came as c
inner join gathering_limit as l on c.unit = l.unit
where l.weeks between $least_weeks and c.weeks
group by c.unit, c.person, c.visits
having max(case when c.visits * l.weeks <= l.most then 1 else 0 end) = 1
