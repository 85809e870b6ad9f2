-- grain: one person at one unit with the weeks they came as bits of two numbers
-- inputs: gathering_regular (unit, person, slot, week), gathering_reachable (unit, person, visits)
-- parameters: none
-- known limits: weeks 0 to 53
select
    r.unit,
    r.person,
    k.visits,
    bit_or(case when r.week < 30 then cast(1 as bigint) << r.week else cast(0 as bigint) end) as w0,
    bit_or(case when r.week >= 30 then cast(1 as bigint) << (r.week - 30) else cast(0 as bigint) end) as w1
from gathering_regular as r
inner join gathering_reachable as k on r.unit = k.unit and r.person = k.person
group by r.unit, r.person, k.visits
