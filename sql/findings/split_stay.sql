-- Two adjacent stays of one person at one provider, a few days apart, for the same or a related disease.
-- grain: one rule and second stay (its last settlement), case level
-- inputs: finding.stay_case, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $split_stay_days,
--   $relation (same = same diagnosis category or group; related = or same family of groups or neighbouring category; any)
-- known limits: a question, not a sum: gross_amount is the fund's net payment of the whole second stay, while what one
--   stay instead of two would have cost is not known (claim_kind none). Left out, and counted per provider in the evidence:
--   planned readmissions by diagnosis, course or operation, transfers, stays elsewhere in between, interim settlements under
--   another visit, unrelated diseases. Genuine relapses look the same; without diagnosis and group nothing is found
with placed as (
    select
        *,
        lag(mdtrt_id) over (partition by psn_id order by begndate, enddate, mdtrt_id) as before_mdtrt_id,
        lag(mdtrt_id) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_mdtrt_id
    from finding.stay_case
),

pair as (
    select
        t.*,
        f.setl_id as first_setl_id,
        f.setl_time as first_setl_time,
        f.begndate as first_begndate,
        f.enddate as first_enddate,
        f.net_fund as first_net_fund,
        f.dscg_way as first_dscg_way,
        f.mid_setl_flag as first_mid_setl_flag,
        f.grp_code as first_grp_code,
        f.diag_code as first_diag_code,
        f.diag_name as first_diag_name,
        f.operations as first_operations,
        date_diff('day', f.enddate, t.begndate) as gap_days,
        greatest(t.setl_time, f.setl_time) as completed,
        coalesce(t.diag_category = f.diag_category, false) as same_diagnosis,
        coalesce(t.grp_type = f.grp_type and t.grp_code = f.grp_code, false) as same_group,
        coalesce(t.grp_type = f.grp_type and t.family = f.family, false) as same_family,
        t.is_icd and f.is_icd and substr(t.diag_code, 1, 2) = substr(f.diag_code, 1, 2) as near_diagnosis
    from placed as t
    inner join finding.stay_case as f on t.first_mdtrt_id = f.mdtrt_id
    where
        t.net_fund > 0
        and date_diff('day', f.enddate, t.begndate) between 0 and $split_stay_days
),

judged as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as period,
        case
            when same_diagnosis then 'diagnosis'
            when same_group then 'group'
            when same_family then 'family'
            when near_diagnosis then 'near_diagnosis'
            else 'none'
        end as relation,
        case
            when planned_by is not null then concat('planned_', planned_by)
            when first_dscg_way in ('2', '3') then 'transfer'
            when first_mid_setl_flag = '1' then 'interim'
            when before_mdtrt_id <> first_mdtrt_id then 'elsewhere_between'
            when same_diagnosis or same_group or $relation = 'any' then null
            when $relation = 'related' and (same_family or near_diagnosis) then null
            else 'unrelated'
        end as left_out
    from pair
    where date_diff('day', cast(first_setl_time as date), cast(greatest(setl_time, first_setl_time) as date)) <= $look_back_days
),

tally as (
    select
        fixmedins_code,
        period,
        sum(case when left_out = 'planned_diagnosis' then 1 else 0 end) as planned_diagnosis,
        sum(case when left_out = 'planned_course' then 1 else 0 end) as planned_course,
        sum(case when left_out = 'planned_operation' then 1 else 0 end) as planned_operation,
        sum(case when left_out = 'transfer' then 1 else 0 end) as transfer,
        sum(case when left_out = 'elsewhere_between' then 1 else 0 end) as elsewhere_between,
        sum(case when left_out = 'interim' then 1 else 0 end) as interim,
        sum(case when left_out = 'unrelated' then 1 else 0 end) as unrelated,
        count(*) as readmissions
    from judged
    group by fixmedins_code, period
),

merged as (
    select
        fixmedins_code,
        quarter,
        count(*) as stays
    from finding.stay_case
    where settlements > 1
    group by fixmedins_code, quarter
)

select
    r.rule_id,
    t.period,
    t.fixmedins_code,
    t.setl_id,
    cast(null as varchar) as bkkp_sn,
    t.diag_code as item_code,
    t.diag_name as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast($split_stay_days as decimal(18, 4)) as allowed,
    cast(t.gap_days as decimal(18, 4)) as excess,
    t.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'net fund of the whole second stay, not the loss',
        'first_begndate': cast(t.first_begndate as varchar),
        'first_diag_code': t.first_diag_code,
        'first_diag_name': t.first_diag_name,
        'first_dscg_way': t.first_dscg_way,
        'first_enddate': cast(t.first_enddate as varchar),
        'first_grp_code': t.first_grp_code,
        'first_mdtrt_id': t.first_mdtrt_id,
        'first_net_fund': cast(t.first_net_fund as varchar),
        'first_operations': t.first_operations,
        'first_setl_id': t.first_setl_id,
        'gap_days': t.gap_days,
        'left_out_at_provider': {
            'elsewhere_between': n.elsewhere_between,
            'interim': n.interim,
            'planned_course': n.planned_course,
            'planned_diagnosis': n.planned_diagnosis,
            'planned_operation': n.planned_operation,
            'transfer': n.transfer,
            'unrelated': n.unrelated
        },
        'limit_days': cast($split_stay_days as integer),
        'merged_interim_stays_at_provider': coalesce(m.stays, 0),
        'readmissions_at_provider': n.readmissions,
        'relation': t.relation,
        'same_diagnosis': t.same_diagnosis,
        'same_group': t.same_group,
        'second_begndate': cast(t.begndate as varchar),
        'second_diag_code': t.diag_code,
        'second_enddate': cast(t.enddate as varchar),
        'second_grp_code': t.grp_code,
        'second_operations': t.operations
    }) as evidence,
    concat(
        '同一人', cast(t.first_enddate as varchar), '出院后', cast(t.gap_days as varchar), '日再次入住同一机构，',
        case t.relation
            when 'diagnosis' then '主要诊断同类'
            when 'group' then '病组相同'
            when 'family' then '病组同族'
            when 'near_diagnosis' then '主要诊断相近'
            else '诊断不限'
        end,
        '，未见计划再入院、转院或中途结算的记载，与“', r.rule_name, '”的情形相符；金额为第二次住院基金净支付，不等于损失'
    ) as reason,
    cast(null as varchar) as basis_id
from judged as t
inner join tally as n on t.fixmedins_code = n.fixmedins_code and t.period = n.period
left join merged as m on t.fixmedins_code = m.fixmedins_code and t.period = m.quarter
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and t.left_out is null
    and t.period between $period_from and $period_to
