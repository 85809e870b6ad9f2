-- Outpatient visits and purchases as the person-level templates see them: one row a visit, whatever number of settlements it has.
-- grain: mdtrt_id of visits that are no stays and were not refunded whole
-- inputs: core.settlement, core.provider, core.fee_line, core.diagnosis
-- parameters: $outpatient_med_types, $pharmacy_med_types, $registration_med_types, $chronic_med_types, $dialysis_diseases,
--   $dialysis_diagnoses (prefixes), $dialysis_names (parts of item names), $schedule_days (weekdays of a fixed schedule),
--   $schedule_percent (of the visits on them)
-- known limits: a visit that begins on one day and is settled on the next counts once, on the day of settlement; kind other (such as
--   registration alone) is no visit that is counted; a fixed schedule is known per person, provider and quarter, by its weekdays only
with named_item as (
    select distinct item_code, item_name
    from core.fee_line
    where item_name is not null
),

dialysis_item as (
    select distinct i.item_code, i.item_name
    from named_item as i
    cross join unnest(cast($dialysis_names as varchar[])) as n (part)
    where contains(i.item_name, n.part)
),

dialysis as (
    select distinct l.setl_id
    from core.fee_line as l
    inner join dialysis_item as i on l.item_code = i.item_code and l.item_name = i.item_name
    where l.setl_id is not null
    union
    select distinct d.setl_id
    from core.diagnosis as d
    cross join unnest(cast($dialysis_diagnoses as varchar[])) as p (prefix)
    where starts_with(d.diag_code, p.prefix)
    union
    select distinct s.setl_id
    from core.settlement as s
    cross join unnest(cast($dialysis_diseases as varchar[])) as p (prefix)
    where starts_with(s.dise_codg, p.prefix)
),

placed as (
    select
        s.mdtrt_id,
        s.setl_id,
        s.psn_id,
        s.fixmedins_code,
        s.med_type,
        s.gend,
        s.age,
        s.pay_loc,
        s.dise_codg,
        s.setl_time,
        s.begndate,
        s.enddate,
        s.paid,
        s.net_medfee_sumamt,
        coalesce(p.fixmedins_type, '') as fixmedins_type,
        d.setl_id is not null as has_dialysis,
        row_number() over (partition by s.mdtrt_id order by s.setl_time desc, s.setl_id desc) as place_from_end
    from core.settlement as s
    left join core.provider as p on s.fixmedins_code = p.fixmedins_code
    left join dialysis as d on s.setl_id = d.setl_id
    where not s.is_inpatient and s.refund_state <> 'full'
),

visit as (
    select
        mdtrt_id,
        max(case when place_from_end = 1 then psn_id end) as psn_id,
        max(case when place_from_end = 1 then fixmedins_code end) as fixmedins_code,
        max(case when place_from_end = 1 then setl_id end) as setl_id,
        max(case when place_from_end = 1 then med_type end) as med_type,
        max(case when place_from_end = 1 then fixmedins_type end) as fixmedins_type,
        max(case when place_from_end = 1 then gend end) as gend,
        max(case when place_from_end = 1 then age end) as age,
        max(case when place_from_end = 1 then pay_loc end) as pay_loc,
        max(setl_time) as setl_time,
        min(begndate) as begndate,
        max(enddate) as enddate,
        bool_or(has_dialysis) as is_dialysis,
        bool_or(list_contains($chronic_med_types, med_type) or coalesce(dise_codg, '') <> '') as is_chronic,
        cast(sum(paid) as decimal(18, 2)) as paid,
        cast(sum(net_medfee_sumamt) as decimal(18, 2)) as fee
    from placed
    group by mdtrt_id
),

dated as (
    select
        *,
        greatest(begndate, least(cast(setl_time as date), enddate)) as visit_date,
        case
            when list_contains($pharmacy_med_types, med_type) or fixmedins_type = '2' then 'purchase'
            when list_contains($registration_med_types, med_type) then 'other'
            when list_contains($outpatient_med_types, med_type) then 'visit'
            else 'other'
        end as kind
    from visit
),

often as (
    select
        psn_id,
        fixmedins_code,
        date_trunc('quarter', visit_date) as season
    from dated
    where kind <> 'other'
    group by psn_id, fixmedins_code, date_trunc('quarter', visit_date)
    having count(*) >= 8
),

weekday as (
    select
        d.psn_id,
        d.fixmedins_code,
        o.season,
        dayofweek(d.visit_date) as day_of_week,
        count(*) as visits,
        count(distinct d.visit_date) as days,
        count(distinct date_trunc('week', d.visit_date)) as weeks,
        row_number() over (
            partition by d.psn_id, d.fixmedins_code, o.season
            order by count(*) desc, dayofweek(d.visit_date)
        ) as place
    from dated as d
    inner join often as o
        on
            d.psn_id = o.psn_id
            and d.fixmedins_code = o.fixmedins_code
            and date_trunc('quarter', d.visit_date) = o.season
    where d.kind <> 'other'
    group by d.psn_id, d.fixmedins_code, o.season, dayofweek(d.visit_date)
),

schedule as (
    select
        psn_id,
        fixmedins_code,
        season
    from weekday
    group by psn_id, fixmedins_code, season
    having
        max(weeks) >= 4
        and sum(days) >= sum(visits)
        and sum(case when place <= $schedule_days then visits else 0 end) * 100 >= $schedule_percent * sum(visits)
)

select
    d.mdtrt_id,
    d.psn_id,
    d.fixmedins_code,
    d.setl_id,
    d.setl_time,
    concat(cast(year(d.setl_time) as varchar), 'Q', cast(quarter(d.setl_time) as varchar)) as quarter,
    d.med_type,
    d.kind,
    d.visit_date,
    d.begndate,
    d.enddate,
    d.gend,
    d.age,
    d.pay_loc,
    d.is_chronic,
    d.is_dialysis,
    s.psn_id is not null as is_scheduled,
    d.paid,
    d.fee
from dated as d
left join schedule as s
    on
        d.psn_id = s.psn_id
        and d.fixmedins_code = s.fixmedins_code
        and date_trunc('quarter', d.visit_date) = s.season
