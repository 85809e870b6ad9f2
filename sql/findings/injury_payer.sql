-- Injuries that somebody else may have to pay (意外伤害、第三方责任): injury codes without a statement that no third party is liable.
-- grain: one rule and settlement, case level
-- inputs: core.diagnosis, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $injury_codes, $left_out_codes, $third_party_codes (all prefixes), $min_paid yuan
-- known limits: ttp_pay_flag 1 = a third party pays; 0 = stated that none does, so that only causes that have one (traffic, assault) are
--   shown; empty = nobody asked. Falls at home are payable: a reviewer asks how it happened, nothing is claimed
with injury_code as (
    select unnest(cast($injury_codes as varchar[])) as prefix
),

left_out_code as (
    select unnest(cast($left_out_codes as varchar[])) as prefix
),

third_party_code as (
    select unnest(cast($third_party_codes as varchar[])) as prefix
),

injured as (
    select distinct d.setl_id, d.diag_code, d.diag_name, d.is_main
    from core.diagnosis as d
    inner join injury_code as i on starts_with(d.diag_code, i.prefix)
    where d.is_icd
),

coded as (
    select
        d.setl_id, d.diag_code, d.diag_name, d.is_main,
        bool_or(t.prefix is not null) as has_third_party
    from injured as d
    left join left_out_code as x on starts_with(d.diag_code, x.prefix)
    left join third_party_code as t on starts_with(d.diag_code, t.prefix)
    where x.prefix is null
    group by d.setl_id, d.diag_code, d.diag_name, d.is_main
),

injury as (
    select
        *,
        bool_or(has_third_party) over (partition by setl_id) as any_third_party,
        row_number() over (
            partition by setl_id
            order by case when has_third_party then 0 else 1 end, case when is_main then 0 else 1 end, diag_code, diag_name
        ) as place
    from coded
),

-- stated with any settlement of the visit: a supplementary one leaves the flag empty
stated as (
    select mdtrt_id, max(ttp_pay_flag) as ttp_pay_flag
    from core.settlement
    where refund_state <> 'full' and ttp_pay_flag is not null
    group by mdtrt_id
)

select
    r.rule_id,
    s.quarter as period,
    s.fixmedins_code,
    s.setl_id,
    cast(null as varchar) as bkkp_sn,
    i.diag_code as item_code,
    i.diag_name as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    cast(s.paid as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'paid for the settlement, not the loss',
        'cause_has_third_party': i.any_third_party,
        'diag_code': i.diag_code,
        'enddate': cast(s.enddate as varchar),
        'ttp_pay_flag': p.ttp_pay_flag
    }) as evidence,
    concat(
        '诊断“', coalesce(i.diag_name, i.diag_code), '”属外伤', case when i.any_third_party then '且外因涉及他人责任' else '' end,
        case when p.ttp_pay_flag is null then '，未填第三方支付标志' else '，第三方支付标志为否' end, '，与“', r.rule_name, '”的情形相符，需核实受伤经过与责任人'
    ) as reason,
    cast(null as varchar) as basis_id
from injury as i
inner join core.settlement as s on i.setl_id = s.setl_id
left join stated as p on s.mdtrt_id = p.mdtrt_id
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and i.place = 1
    and s.quarter between $period_from and $period_to
    and s.refund_state <> 'full'
    and s.paid >= $min_paid
    and (p.ttp_pay_flag is null or (p.ttp_pay_flag = '0' and i.any_third_party))
