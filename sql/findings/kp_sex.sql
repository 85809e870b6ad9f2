-- Subjects payable for one sex only, met for the other.
-- grain: one rule and fee line; for diagnoses and operations one rule and settlement
-- inputs: finding.restricted, finding.kp_sex, finding.rule, core.diagnosis
-- optional: core.diagnosis (without it nobody is left out for a diagnosis)
-- parameters: $rule_ids, $period_from, $period_to, $sex_unlike_diagnoses (prefixes)
-- known limits: persons of unknown or contradictory sex give no finding; nor do settlements with a diagnosis of sex identity or
--   indeterminate sex, for which the sex recorded says nothing
with unlike as (
    select distinct d.setl_id
    from core.diagnosis as d
    cross join unnest(cast($sex_unlike_diagnoses as varchar[])) as p (prefix)
    where d.is_icd and starts_with(d.diag_code, p.prefix)
),

met as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.gend as limit_gend,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        row_number() over (
            partition by k.rule_id, o.setl_id, o.bkkp_sn
            order by k.subject_code, o.item_code, o.service_date, k.valid_from, k.gend
        ) as place
    from finding.restricted as o
    inner join finding.kp_sex as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    left join unlike as u on o.setl_id = u.setl_id
    where
        u.setl_id is null
        and list_contains($rule_ids, k.rule_id)
        and o.period between $period_from and $period_to
        and o.gend in ('1', '2')
        and o.gend <> k.gend
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'gend': gend,
        'limit_gend': limit_gend,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”限', case limit_gend when '1' then '男' else '女' end, '性，登记性别为',
        case gend when '1' then '男' else '女' end, '性，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1
