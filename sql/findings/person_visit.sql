-- Outpatient visits and purchases as the person-level templates see them: one row a visit, whatever number of settlements it has.
-- grain: mdtrt_id of visits that are no stays and were not refunded whole
-- inputs: core.settlement, core.provider, core.fee_line, core.diagnosis
-- parameters: $outpatient_med_types, $pharmacy_med_types, $registration_med_types, $chronic_med_types, $dialysis_diseases,
--   $dialysis_diagnoses (prefixes), $dialysis_names (parts of item names), $schedule_days (weekdays of a fixed schedule),
--   $schedule_percent (of the visits on them)
-- known limits: a visit that begins on one day and is settled on the next counts once, on the day of settlement; kind other (such as
--   registration alone) is no visit that is counted; a fixed schedule is known per person, provider and quarter, by its weekdays only
with dialysis as (
    select distinct setl_id
    from core.fee_line
    where setl_id is not null and regexp_matches(item_name, $dialysis_names)
    union
    select distinct d.setl_id
    from core.diagnosis as d
    cross join unnest(cast($dialysis_diagnoses as varchar[])) as p (prefix)
    where d.is_icd and starts_with(d.diag_code, p.prefix)
    union
    select distinct s.setl_id
    from core.settlement as s
    cross join unnest(cast($dialysis_diseases as varchar[])) as p (prefix)
    where starts_with(upper(s.dise_codg), upper(p.prefix))
),

visit as (
    select
        s.mdtrt_id,
        max({
            'setl_time': s.setl_time,
            'setl_id': s.setl_id
        }) as last_settlement,
        min(s.begndate) as begndate,
        max(s.enddate) as enddate,
        bool_or(d.setl_id is not null) as is_dialysis,
        bool_or(
            regexp_matches(s.med_type, $chronic_med_types)
            or coalesce(s.dise_codg, '') <> ''
        ) as is_chronic,
        cast(sum(s.paid) as decimal(18, 2)) as paid,
        cast(sum(s.net_medfee_sumamt) as decimal(18, 2)) as fee
    from core.settlement as s
    left join dialysis as d on s.setl_id = d.setl_id
    where not s.is_inpatient and s.refund_state <> 'full'
    group by s.mdtrt_id
),

dated as (
    select
        v.*,
        s.setl_id,
        s.psn_id,
        s.fixmedins_code,
        s.med_type,
        s.gend,
        s.age,
        s.pay_loc,
        s.setl_time,
        greatest(v.begndate, least(cast(s.setl_time as date), v.enddate)) as visit_date,
        case
            when
                regexp_matches(s.med_type, $pharmacy_med_types)
                or p.fixmedins_type = '2'
                then 'purchase'
            when regexp_matches(s.med_type, $registration_med_types) then 'other'
            when regexp_matches(s.med_type, $outpatient_med_types) then 'visit'
            else 'other'
        end as kind
    from visit as v
    inner join core.settlement as s on v.last_settlement.setl_id = s.setl_id
    left join core.provider as p on s.fixmedins_code = p.fixmedins_code
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
