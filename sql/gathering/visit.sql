-- grain: one settlement as a visit of a person to a unit (an inpatient settlement: its admission and its discharge), packed
--        into one number: ((unit * 2^25 + person) * 2^9 + day) * 2^11 + minute of the day, day counted from the window's first
-- inputs: core.settlement, core.provider, gathering_person, gathering_unit
-- parameters: start, until (dates, until exclusive), pharmacy_med_types, chronic_med_types (lists of med_type)
-- known limits: settled by hand (pay_loc 1) counts on the day of treatment at minute 0; stays begun before the window have no admission;
--               an interim settlement's end is no discharge; fully refunded settlements are no visits
with visit as (
    select
        s.person_no,
        s.fixmedins_code,
        case
            when
                (
                    regexp_matches(s.med_type, $pharmacy_med_types)
                    or coalesce(i.fixmedins_type, '') = '2'
                )
                and not regexp_matches(s.med_type, $chronic_med_types)
                then 'pharmacy'
            else 'outpatient'
        end as way,
        case when s.pay_loc = '1' then s.begndate else cast(s.setl_time as date) end as seen_on,
        case when s.pay_loc = '1' then 0 else hour(s.setl_time) * 60 + minute(s.setl_time) end as seen_at
    from core.settlement as s
    left join core.provider as i on s.fixmedins_code = i.fixmedins_code
    where
        not s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
    union all
    select
        s.person_no,
        s.fixmedins_code,
        'admission' as way,
        s.begndate as seen_on,
        0 as seen_at
    from core.settlement as s
    where
        s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
    union all
    select
        s.person_no,
        s.fixmedins_code,
        'discharge' as way,
        s.enddate as seen_on,
        0 as seen_at
    from core.settlement as s
    where
        s.is_inpatient
        and coalesce(s.mid_setl_flag, '0') <> '1'
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
)

select
    ((cast(u.unit as bigint) * 33554432 + p.person) * 512 + date_diff('day', cast($start as date), v.seen_on)) * 2048
    + v.seen_at as packed
from visit as v
inner join gathering_person as p on v.person_no = p.person_no
inner join gathering_unit as u on v.fixmedins_code = u.fixmedins_code and v.way = u.way
where v.seen_on >= cast($start as date) and v.seen_on < cast($until as date)
