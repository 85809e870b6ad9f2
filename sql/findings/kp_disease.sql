-- Drugs charged in a visit for a chronic or special disease (门诊慢特病) whose own list they are not on.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_diagnosis, finding.code_list, finding.rule, core.settlement
-- parameters: $rule_ids, $period_from, $period_to, $disease_med_types (list: visits that are paid by disease)
-- known limits: diag_codes are codes of registered diseases (dise_codg), a code stands for its sub-codes too; visits that
--   name no disease give no finding; of several needs of one rule and subject one is enough
with value as (
    select dise_codg as text
    from core.settlement
    where dise_codg is not null
    group by dise_codg
),

listed as (
    select
        c.list,
        v.text
    from finding.code_list as c
    inner join value as v on starts_with(upper(v.text), upper(rtrim(c.code, '*')))
    group by c.list, v.text
),

judged as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.diag_codes,
        k.mode,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        l.list is not null as on_list,
        max(case when k.mode = 'needs' and l.list is not null then 1 else 0 end) over (
            partition by k.rule_id, o.bkkp_sn, o.subject_code
        ) as one_need_is_met
    from finding.restricted as o
    inner join finding.kp_diagnosis as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    left join listed as l on k.diag_codes = l.list and o.dise_codg = l.text
    where
        list_contains($rule_ids, k.rule_id)
        and o.kind = 'item'
        and o.period between $period_from and $period_to
        and o.dise_codg is not null
        and regexp_matches(o.med_type, $disease_med_types)
),

met as (
    select
        *,
        row_number() over (partition by rule_id, bkkp_sn order by subject_code, mode, valid_from, diag_codes) as place
    from judged
    where (mode = 'needs' and one_need_is_met = 0) or (mode = 'forbids' and on_list)
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'diag_codes': diag_codes,
        'dise_codg': dise_codg,
        'med_type': med_type,
        'mode': mode,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat('“', item_name, '”不在本次慢特病病种', dise_codg, '的支付范围内，与“', rule_name, '”的情形相符') as reason
from met
where place = 1
