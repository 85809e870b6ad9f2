-- Two adjacent stays of one person at one provider, a few days apart, for the same diagnosis category or group.
-- grain: one rule and second stay (its last settlement), case level
-- inputs: core.stay, core.settlement, core.diagnosis, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $split_stay_days,
--   $planned_readmission_diagnoses (prefixes of main diagnoses of the second stay)
-- known limits: a question, not a sum: gross_amount is the fund's net payment of the whole second stay, while what one
--   stay instead of two would have cost is not known (claim_kind none); genuine relapses and staged treatment look the same;
--   only stays at one provider are compared; without diagnosis and group nothing is found
with coded as (
    select
        s.mdtrt_id,
        d.diag_code,
        d.diag_name,
        row_number() over (
            partition by s.mdtrt_id
            order by s.setl_time desc, s.setl_id desc, d.diag_type asc, d.diag_code asc
        ) as place
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    where d.is_main and s.is_inpatient and s.refund_state <> 'full'
),

paid as (
    select mdtrt_id
    from core.settlement
    where is_inpatient and refund_state <> 'full'
    group by mdtrt_id
),

stay as (
    select
        t.mdtrt_id,
        t.psn_id,
        t.fixmedins_code,
        t.begndate,
        t.enddate,
        t.last_setl_id as setl_id,
        t.last_setl_time as setl_time,
        t.net_fund,
        s.dscg_way,
        s.mid_setl_flag,
        s.grp_type,
        s.grp_code,
        c.diag_code,
        c.diag_name
    from core.stay as t
    inner join paid as p on t.mdtrt_id = p.mdtrt_id
    inner join core.settlement as s on t.last_setl_id = s.setl_id
    left join coded as c on t.mdtrt_id = c.mdtrt_id and c.place = 1
),

neighbour as (
    select
        *,
        lag(mdtrt_id) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_mdtrt_id,
        lag(setl_id) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_setl_id,
        lag(setl_time) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_setl_time,
        lag(enddate) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_enddate,
        lag(dscg_way) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_dscg_way,
        lag(mid_setl_flag) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_mid_setl_flag,
        lag(grp_type) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_grp_type,
        lag(grp_code) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_grp_code,
        lag(diag_code) over (partition by psn_id, fixmedins_code order by begndate, enddate, mdtrt_id) as first_diag_code
    from stay
),

split as (
    select
        *,
        date_diff('day', first_enddate, begndate) as gap_days,
        greatest(setl_time, first_setl_time) as completed,
        coalesce(substr(diag_code, 1, 3) = substr(first_diag_code, 1, 3), false) as same_diagnosis,
        coalesce(grp_type = first_grp_type and grp_code = first_grp_code, false) as same_group
    from neighbour
    where
        first_mdtrt_id is not null
        and net_fund > 0
        and coalesce(first_dscg_way, '') not in ('2', '3')
        and coalesce(first_mid_setl_flag, '0') <> '1'
        and not exists (
            select 1
            from unnest(cast($planned_readmission_diagnoses as varchar[])) as p (prefix)
            where starts_with(neighbour.diag_code, p.prefix)
        )
)

select
    r.rule_id,
    concat(cast(year(t.completed) as varchar), 'Q', cast(quarter(t.completed) as varchar)) as period,
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
        'first_enddate': cast(t.first_enddate as varchar),
        'first_mdtrt_id': t.first_mdtrt_id,
        'first_setl_id': t.first_setl_id,
        'gap_days': t.gap_days,
        'limit_days': cast($split_stay_days as integer),
        'same_diagnosis': t.same_diagnosis,
        'same_group': t.same_group,
        'second_begndate': cast(t.begndate as varchar)
    }) as evidence,
    concat(
        '同一人', cast(t.first_enddate as varchar), '出院后', cast(t.gap_days as varchar), '日再次入住同一机构，',
        case when t.same_diagnosis then '主要诊断同类' else '病组相同' end, '，与“', r.rule_name,
        '”的情形相符；金额为第二次住院基金净支付，不等于损失'
    ) as reason,
    cast(null as varchar) as basis_id
from split as t
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and t.gap_days between 0 and $split_stay_days
    and (t.same_diagnosis or t.same_group)
    and date_diff('day', cast(t.first_setl_time as date), cast(t.completed as date)) <= $look_back_days
    and concat(cast(year(t.completed) as varchar), 'Q', cast(quarter(t.completed) as varchar)) between $period_from and $period_to
