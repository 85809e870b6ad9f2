-- grain: one settlement as a visit of a person to a unit (an inpatient settlement: its admission and its discharge), packed
--        into one number: ((unit * 2^25 + person) * 2^9 + day) * 2^11 + minute of the day, day counted from the window's first
-- inputs: core.settlement, gathering_kind, gathering_unit
-- parameters: start, until (dates, until exclusive)
-- known limits: settled by hand (pay_loc 1) counts on the day of treatment at minute 0; stays begun before the window have no admission;
--               an interim settlement's end is no discharge; fully refunded settlements are no visits
with unit_of as (
    select
        k.fixmedins_code,
        k.med_type,
        u.unit
    from gathering_kind as k
    inner join gathering_unit as u on k.fixmedins_code = u.fixmedins_code and k.way = u.way
),

visit as (
    select
        s.person_no,
        u.unit,
        case when s.pay_loc = '1' then s.begndate else cast(s.setl_time as date) end as seen_on,
        case when s.pay_loc = '1' then 0 else hour(s.setl_time) * 60 + minute(s.setl_time) end as seen_at
    from core.settlement as s
    inner join unit_of as u on s.fixmedins_code = u.fixmedins_code and coalesce(s.med_type, '') = u.med_type
    where
        not s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
    union all
    select
        s.person_no,
        u.unit,
        s.begndate as seen_on,
        0 as seen_at
    from core.settlement as s
    inner join gathering_unit as u on s.fixmedins_code = u.fixmedins_code and u.way = 'admission'
    where
        s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
    union all
    select
        s.person_no,
        u.unit,
        s.enddate as seen_on,
        0 as seen_at
    from core.settlement as s
    inner join gathering_unit as u on s.fixmedins_code = u.fixmedins_code and u.way = 'discharge'
    where
        s.is_inpatient
        and coalesce(s.mid_setl_flag, '0') <> '1'
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
)

select
    ((cast(v.unit as bigint) * 33554432 + v.person_no) * 512 + date_diff('day', cast($start as date), v.seen_on)) * 2048
    + v.seen_at as packed
from visit as v
where v.person_no is not null and v.seen_on >= cast($start as date) and v.seen_on < cast($until as date)
