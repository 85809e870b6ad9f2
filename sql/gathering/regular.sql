-- grain: one person at one unit who could be half of a pair: their slots, and the weeks they came as bits (week 0 the lowest)
--        of three numbers, by the remainder of the slot by three
-- inputs: gathering_rows (unit, person, slot: each once), gathering_slot (slot, week), gathering_limit (unit, weeks, visits: most
--         of one who came in so many weeks and could be half of a pair)
-- parameters: none
-- known limits: weeks 0 to 53
with came as (
    select
        r.unit,
        r.person,
        cast(count(*) as integer) as visits,
        list(r.slot) as slots,
        bit_or(case when r.slot % 3 = 0 then cast(1 as bigint) << s.week else cast(0 as bigint) end) as w0,
        bit_or(case when r.slot % 3 = 1 then cast(1 as bigint) << s.week else cast(0 as bigint) end) as w1,
        bit_or(case when r.slot % 3 = 2 then cast(1 as bigint) << s.week else cast(0 as bigint) end) as w2
    from gathering_rows as r
    inner join gathering_slot as s on r.slot = s.slot
    group by r.unit, r.person
)

select
    c.unit,
    c.person,
    c.visits,
    c.slots,
    c.w0,
    c.w1,
    c.w2
from came as c
inner join gathering_limit as l on c.unit = l.unit and bit_count(c.w0 | c.w1 | c.w2) = l.weeks
where c.visits <= l.visits
