-- Subjects payable for one sex only, met for the other.
-- grain: one rule and fee line; for diagnoses and operations one rule and settlement
-- inputs: finding.occurrence, finding.subject_match, finding.kp_sex, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: persons of unknown or contradictory sex give no finding
with met as (
    select
        k.rule_id,
        r.rule_name,
        k.subject_code,
        k.gend as limit_gend,
        k.valid_from,
        k.basis_id,
        o.kind,
        o.claim_kind,
        o.quarter,
        o.fixmedins_code,
        o.setl_id,
        o.bkkp_sn,
        o.code,
        coalesce(o.name, k.subject_name, o.code) as name,
        o.cnt,
        o.pric,
        o.amount,
        o.service_date,
        o.gend,
        row_number() over (
            partition by k.rule_id, o.setl_id, o.bkkp_sn
            order by k.subject_code, o.code, o.service_date, k.valid_from, k.gend
        ) as place
    from finding.occurrence as o
    inner join finding.subject_match as m on o.kind = m.kind and o.code = m.code and o.hilist_code = m.hilist_code
    inner join finding.kp_sex as k
        on m.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.quarter between $period_from and $period_to
        and o.gend in ('1', '2')
        and o.gend <> k.gend
)

select
    rule_id,
    quarter as period,
    fixmedins_code,
    setl_id,
    bkkp_sn,
    code as item_code,
    name as item_name,
    cnt,
    pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    amount as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    claim_kind,
    to_json({
        'gend': gend,
        'limit_gend': limit_gend,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', name, '”限', case limit_gend when '1' then '男' else '女' end, '性，登记性别为',
        case gend when '1' then '男' else '女' end, '性，与“', rule_name, '”的情形相符'
    ) as reason,
    basis_id
from met
where place = 1
