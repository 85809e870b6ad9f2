-- More paid for an outpatient chronic disease (门诊慢特病) than its limit of the year: what the latest settlements took beyond it.
-- grain: one rule and settlement, case level
-- inputs: core.settlement, finding.kp_amount, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $chronic_med_types
-- known limits: subject_code of the knowledge point is the disease (dise_codg, a trailing * = prefix), per is year or month,
--   max_amount what the funds pay for one person at all providers together; persons with several diseases have each limit by
--   itself, unless one prefix names them all
with settled as (
    select
        s.setl_id, s.psn_id, s.fixmedins_code, s.quarter, s.dise_codg, s.setl_time, s.paid,
        s.enddate as service_date,
        s.psn_id || '|' || cast(year(s.enddate) as varchar) as in_year,
        s.psn_id || '|' || cast(date_trunc('month', s.enddate) as varchar) as in_month
    from core.settlement as s
    where
        not s.is_inpatient and s.dise_codg is not null and s.refund_state <> 'full' and s.paid > 0
        and regexp_matches(s.med_type, $chronic_med_types)
),

disease as (
    select dise_codg
    from settled
    group by dise_codg
),

-- diseases beside their limits first: few against few
capped as (
    select
        d.dise_codg,
        k.rule_id, k.subject_code, k.subject_name, k.max_amount, k.per, k.basis_id, k.valid_from, k.valid_until
    from disease as d
    inner join finding.kp_amount as k
        on
            upper(d.dise_codg) = upper(k.subject_code)
            or (
                k.subject_code like '%*'
                and starts_with(upper(d.dise_codg), upper(substr(k.subject_code, 1, length(k.subject_code) - 1)))
            )
    where list_contains($rule_ids, k.rule_id) and k.per in ('year', 'month')
),

limited as (
    select
        s.*,
        k.rule_id, k.subject_code, k.subject_name, k.max_amount, k.per, k.basis_id, k.valid_from,
        case k.per when 'year' then s.in_year else s.in_month end as bucket
    from settled as s
    inner join capped as k on s.dise_codg = k.dise_codg and s.service_date between k.valid_from and k.valid_until
),

running as (
    select
        *,
        sum(paid) over (
            partition by rule_id, subject_code, per, valid_from, bucket
            order by setl_time, setl_id
            rows between unbounded preceding and current row
        ) as upto
    from limited
),

over as (
    select
        *,
        least(upto - max_amount, paid) as excess,
        row_number() over (partition by rule_id, setl_id order by least(upto - max_amount, paid) desc, subject_code asc, per asc) as place
    from running
    where upto > max_amount
)

select
    o.rule_id,
    o.quarter as period,
    o.fixmedins_code,
    o.setl_id,
    cast(null as varchar) as bkkp_sn,
    o.dise_codg as item_code,
    coalesce(o.subject_name, o.dise_codg) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(o.max_amount as decimal(18, 4)) as allowed,
    cast(o.excess as decimal(18, 4)) as excess,
    cast(o.excess as decimal(16, 2)) as gross_amount,
    cast(o.excess as decimal(20, 4)) as part_num,
    cast(o.paid as decimal(20, 4)) as part_den,
    'case' as claim_kind,
    to_json({
        'max_amount': cast(o.max_amount as varchar),
        'paid_of_settlement': cast(o.paid as varchar),
        'paid_upto': cast(o.upto as varchar),
        'per': o.per,
        'subject_code': o.subject_code,
        'valid_from': cast(o.valid_from as varchar)
    }) as evidence,
    concat(
        '“', coalesce(o.subject_name, o.dise_codg), '”门诊慢特病', case o.per when 'year' then '本年度' else '本月' end, '基金累计支付',
        cast(o.upto as varchar), '元，超过限额', cast(cast(o.max_amount as decimal(16, 2)) as varchar), '元，与“', r.rule_name, '”的情形相符'
    ) as reason,
    o.basis_id
from over as o
inner join finding.rule as r on o.rule_id = r.rule_id
where o.place = 1 and o.quarter between $period_from and $period_to
