-- Subjects payable only where one of their companions is charged or coded for the same person on the day or in the visit.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_companion, finding.code_list, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: companions are fee lines, operations or diagnoses of the same person at the same provider; an item is no
--   companion of itself, so a list that covers the subject asks for another one; of several points of one rule and subject
--   one is enough; companions charged elsewhere or not yet settled are not seen
with hit as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.other_codes,
        k.scope,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        case k.scope when 'day' then cast(o.service_date as varchar) else o.mdtrt_id end as span
    from finding.restricted as o
    inner join finding.kp_companion as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item' and o.period between $period_from and $period_to
),

asked as (
    select
        other_codes,
        scope,
        psn_id,
        fixmedins_code,
        span
    from hit
    group by other_codes, scope, psn_id, fixmedins_code, span
),

other as (
    select
        a.other_codes,
        a.scope,
        a.psn_id,
        a.fixmedins_code,
        a.span,
        o.item_code
    from finding.restricted as o
    inner join finding.code_list as c on o.subject_code = c.code
    inner join asked as a
        on
            c.list = a.other_codes
            and o.psn_id = a.psn_id
            and o.fixmedins_code = a.fixmedins_code
            and case a.scope when 'day' then cast(o.service_date as varchar) else o.mdtrt_id end = a.span
),

-- the first and the last code are enough to tell whether there is one beside the subject's own
beside as (
    select
        other_codes,
        scope,
        psn_id,
        fixmedins_code,
        span,
        min(item_code) as first_code,
        max(item_code) as last_code
    from other
    group by other_codes, scope, psn_id, fixmedins_code, span
),

judged as (
    select
        h.*,
        max(case when b.first_code <> h.item_code or b.last_code <> h.item_code then 1 else 0 end) over (
            partition by h.rule_id, h.bkkp_sn, h.subject_code
        ) as accompanied
    from hit as h
    left join beside as b
        on
            h.other_codes = b.other_codes
            and h.scope = b.scope
            and h.psn_id = b.psn_id
            and h.fixmedins_code = b.fixmedins_code
            and h.span = b.span
),

met as (
    select
        *,
        row_number() over (partition by rule_id, bkkp_sn order by subject_code, scope, valid_from, other_codes) as place
    from judged
    where accompanied = 0
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'other_codes': other_codes,
        'scope': scope,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”', case scope when 'day' then '同日' else '同次就诊' end, '未见应同时发生的项目，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1
