-- grain: one settlement of a person of interest, as often as it is a coming together (a stay: admission and discharge)
-- inputs: core.settlement, core.provider, core.diagnosis, gathering_someone (psn_id)
-- parameters: start, until (dates, until exclusive), pharmacy_med_types, chronic_med_types (lists of med_type),
--             chronic_pattern, screening_pattern (regular expressions on codes)
-- known limits: chronic = chronic benefit, registered chronic disease or main diagnosis; coded = any diagnosis of ICD or registered
--   disease; outpatient diagnoses are often missing
with coded as (
    select
        d.setl_id,
        1 as coded,
        max(case when d.is_main and regexp_matches(d.diag_code, $chronic_pattern) then 1 else 0 end) as chronic,
        max(case when regexp_matches(d.diag_code, $screening_pattern) then 1 else 0 end) as screening
    from core.diagnosis as d
    where d.is_icd
    group by d.setl_id
),

visit as (
    select
        s.setl_id,
        s.psn_id,
        s.fixmedins_code,
        s.is_inpatient,
        s.begndate,
        s.enddate,
        cast(s.setl_time as date) as settled_on,
        s.pay_loc,
        s.mid_setl_flag,
        s.setl_time,
        (regexp_matches(s.med_type, $pharmacy_med_types) or coalesce(i.fixmedins_type, '') = '2')
        and not regexp_matches(s.med_type, $chronic_med_types) as bought,
        coalesce(s.paid, s.net_fund, 0) as fund_amount,
        case
            when
                regexp_matches(s.med_type, $chronic_med_types)
                or regexp_matches(coalesce(s.dise_codg, ''), $chronic_pattern)
                or coalesce(c.chronic, 0) = 1
                then 1
            else 0
        end as chronic,
        case
            when coalesce(c.screening, 0) = 1 or regexp_matches(coalesce(s.dise_codg, ''), $screening_pattern) then 1
            else 0
        end as screening,
        case when c.coded = 1 or s.dise_codg is not null then 1 else 0 end as coded
    from core.settlement as s
    inner join gathering_someone as p on s.psn_id = p.psn_id
    left join core.provider as i on s.fixmedins_code = i.fixmedins_code
    left join coded as c on s.setl_id = c.setl_id
    where
        s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
)

select
    setl_id,
    psn_id,
    fixmedins_code,
    case when bought then 'pharmacy' else 'outpatient' end as way,
    case when pay_loc = '1' then begndate else settled_on end as seen_on,
    setl_time,
    fund_amount,
    chronic,
    screening,
    coded
from visit
where not is_inpatient
union all
select
    setl_id,
    psn_id,
    fixmedins_code,
    'admission' as way,
    begndate as seen_on,
    setl_time,
    fund_amount,
    chronic,
    screening,
    coded
from visit
where is_inpatient
union all
select
    setl_id,
    psn_id,
    fixmedins_code,
    'discharge' as way,
    enddate as seen_on,
    setl_time,
    fund_amount,
    chronic,
    screening,
    coded
from visit
where is_inpatient and coalesce(mid_setl_flag, '0') <> '1'
