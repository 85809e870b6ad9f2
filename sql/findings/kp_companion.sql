-- Subjects payable only where one of their companions is charged or coded for the same person on the day or in the visit.
-- grain: one rule and fee line
-- inputs: finding.occurrence_key, finding.occurrence, finding.kp_companion, finding.code_list, finding.subject_match, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $companion_kinds (item, operation, diagnosis: a prefix may be met by all)
-- known limits: companions are fee lines, operations or diagnoses of the same person at the same provider; an item is no
--   companion of itself, so a list that covers the subject asks for another one; of several points of one rule and subject
--   one is enough; companions charged elsewhere or not yet settled are not seen
-- Lines, codes, lists and spans are compared by number; names and amounts are asked for the few that are left.
with point as (
    select
        m.code_no, m.code, k.point_no, k.rule_id, k.subject_code, k.scope, k.valid_from, k.valid_until, c.list_no
    from finding.kp_companion as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    inner join (select list, list_no from finding.code_list group by list, list_no) as c on k.other_codes = c.list
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

-- the codes that are companions by some list
listed as (
    select
        c.list_no,
        m.code_no,
        m.code
    from finding.code_list as c
    inner join finding.subject_match as m on c.code = m.subject_code
    inner join (select list_no from point group by list_no) as p on c.list_no = p.list_no
    where list_contains($companion_kinds, m.kind)
    group by c.list_no, m.code_no, m.code
),

hit as not materialized (
    select
        p.point_no, p.rule_id, p.subject_code, p.scope, p.list_no, p.code, o.line_id, o.family_no,
        case p.scope when 'day' then date_diff('day', cast('1970-01-01' as date), o.service_date) else o.visit_no end as span
    from finding.occurrence_key as o
    inner join point as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    where o.kind = 'item' and o.period between $period_from and $period_to
),

asked as (
    select list_no, scope, family_no, span
    from hit
    group by list_no, scope, family_no, span
),

-- the first and the last code are enough to tell whether there is one beside the subject's own
other as not materialized (
    select
        l.list_no, l.code, o.family_no, o.service_date, o.visit_no
    from finding.occurrence_key as o
    inner join listed as l on o.code_no = l.code_no
),

beside as (
    select
        a.list_no, a.scope, a.family_no, a.span,
        min(o.code) as first_code,
        max(o.code) as last_code
    from asked as a
    inner join other as o
        on
            a.list_no = o.list_no
            and a.family_no = o.family_no
            and case a.scope when 'day' then date_diff('day', cast('1970-01-01' as date), o.service_date) else o.visit_no end = a.span
    group by a.list_no, a.scope, a.family_no, a.span
),

judged as not materialized (
    select
        h.*,
        coalesce(b.first_code <> h.code or b.last_code <> h.code, false) as accompanied
    from hit as h
    left join beside as b
        on h.list_no = b.list_no and h.scope = b.scope and h.family_no = b.family_no and h.span = b.span
),

open_hit as (
    select *
    from judged
    where not accompanied
),

in_need as (
    select line_id, rule_id, subject_code
    from open_hit
    group by line_id, rule_id, subject_code
),

-- few lines are left, so that what other points of the rule say of them is looked up here
need_met as (
    select j.line_id, j.rule_id, j.subject_code
    from judged as j
    inner join in_need as n on j.line_id = n.line_id and j.rule_id = n.rule_id and j.subject_code = n.subject_code
    where j.accompanied
    group by j.line_id, j.rule_id, j.subject_code
),

met as (
    select
        h.rule_id, h.subject_code, h.scope,
        o.quarter as period, o.fixmedins_code, o.setl_id, o.bkkp_sn, o.code as item_code, o.cnt, o.pric, o.amount as gross_amount,
        o.claim_kind, o.service_date,
        r.rule_name,
        k.other_codes, k.valid_from, k.basis_id,
        coalesce(o.name, k.subject_name, o.code) as item_name,
        row_number() over (
            partition by h.rule_id, o.bkkp_sn order by h.subject_code, h.scope, k.valid_from, k.other_codes
        ) as place
    from open_hit as h
    left join need_met as n on h.line_id = n.line_id and h.rule_id = n.rule_id and h.subject_code = n.subject_code
    inner join finding.occurrence as o on h.line_id = o.line_id
    inner join finding.kp_companion as k on h.point_no = k.point_no
    inner join finding.rule as r on h.rule_id = r.rule_id
    where n.line_id is null and o.kind = 'item'
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
