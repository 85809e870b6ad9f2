-- Settlement lists of stays that contradict themselves: no main diagnosis or several, no diagnosis at all where the provider's
-- other lists have them, a discharge before admission.
-- grain: one rule and settlement
-- inputs: core.settlement, core.diagnosis, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $western_types (diag_type of western diagnoses), $usual_percent
-- known limits: interim settlements need no list; what the area or the provider never fills in (below $usual_percent) is
--   a matter of delivery, not of the list; Chinese-medicine diagnoses have a main one of their own, which does not count, but a
--   list of them alone is not empty
with diagnosed as (
    select
        d.setl_id,
        count(distinct case when d.is_main then d.diag_code end) as mains,
        count(distinct d.diag_code) as diagnoses
    from core.diagnosis as d
    where d.diag_type is null or list_contains($western_types, d.diag_type)
    group by d.setl_id
),

-- with a diagnosis of any kind
visit as (
    select s.mdtrt_id
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    group by s.mdtrt_id
),

listed as (
    select
        s.setl_id,
        s.quarter,
        s.fixmedins_code,
        s.begndate,
        s.enddate,
        s.net_medfee_sumamt,
        d.mains,
        d.diagnoses,
        v.mdtrt_id is not null as has_list
    from core.settlement as s
    left join diagnosed as d on s.setl_id = d.setl_id
    left join visit as v on s.mdtrt_id = v.mdtrt_id
    where s.is_inpatient and s.refund_state <> 'full' and coalesce(s.mid_setl_flag, '0') <> '1'
),

usual as (
    select
        *,
        100 * sum(case when has_list then 1 else 0 end) over (partition by fixmedins_code, quarter)
        >= $usual_percent * count(*) over (partition by fixmedins_code, quarter) as lists_are_usual,
        100 * sum(case when mains = 1 then 1 else 0 end) over ()
        >= $usual_percent * sum(case when diagnoses > 0 then 1 else 0 end) over () as mains_are_usual
    from listed
),

met as (
    select
        *,
        case
            when enddate < begndate then '出院日期早于入院日期'
            when not has_list and lists_are_usual then '清单无诊断'
            when diagnoses > 0 and mains = 0 and mains_are_usual then '有诊断而无主诊断'
            when mains > 1 and mains_are_usual then concat('有', cast(mains as varchar), '个主诊断')
        end as what
    from usual
    where quarter between $period_from and $period_to
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    m.setl_id,
    cast(null as varchar) as bkkp_sn,
    m.net_medfee_sumamt as gross_amount,
    'none' as claim_kind,
    to_json({
        'begndate': cast(m.begndate as varchar),
        'diagnoses': coalesce(m.diagnoses, 0),
        'enddate': cast(m.enddate as varchar),
        'mains': coalesce(m.mains, 0)
    }) as evidence,
    concat('医保结算清单', m.what, '，与“', r.rule_name, '”的情形相符') as reason
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and m.what is not null
