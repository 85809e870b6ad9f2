-- grain: one slot in which a person who could be half of a pair came to a unit
-- inputs: gathering_rows (unit, person, slot, week), gathering_reachable (unit, person, visits)
-- parameters: none
-- known limits: none
select
    r.unit,
    r.person,
    r.slot,
    r.week,
    k.visits
from gathering_rows as r
inner join gathering_reachable as k on r.unit = k.unit and r.person = k.person
