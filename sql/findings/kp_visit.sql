-- Subjects payable only in some kinds of visit, under some insurances or from some departments, met elsewhere.
-- grain: one rule and fee line; for diagnoses and operations one rule and settlement
-- inputs: finding.restricted, finding.kp_visit, finding.code_list, finding.rule, core.settlement, core.fee_line
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: a code of a list stands for its local sub-codes too (21 for 2101); what the settlement or line does not say
--   is not held against it; department codes must be of one scheme, so a provider's own codes need points of their own; of
--   several points of one rule and subject one is enough
with value as (
    select med_type as text
    from core.settlement
    group by med_type
    union
    select insutype as text
    from core.settlement
    group by insutype
    union
    select dept_code as text
    from core.fee_line
    where dept_code is not null
    group by dept_code
),

allowed as (
    select
        c.list,
        v.text
    from finding.code_list as c
    inner join value as v on starts_with(upper(v.text), upper(rtrim(c.code, '*')))
    group by c.list, v.text
),

judged as not materialized (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.med_types,
        k.insutypes,
        k.dept_codes,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        k.med_types is not null and o.med_type is not null and t.list is null as other_visit,
        k.insutypes is not null and o.insutype is not null and i.list is null as other_insurance,
        k.dept_codes is not null and o.dept_code is not null and d.list is null as other_department
    from finding.restricted as o
    inner join finding.kp_visit as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    left join allowed as t on k.med_types = t.list and o.med_type = t.text
    left join allowed as i on k.insutypes = i.list and o.insutype = i.text
    left join allowed as d on k.dept_codes = d.list and o.dept_code = d.text
    where list_contains($rule_ids, k.rule_id) and o.period between $period_from and $period_to
),

-- few subjects have several points, so that only their lines are looked at a second time
several as (
    select rule_id, subject_code
    from finding.kp_visit
    where list_contains($rule_ids, rule_id)
    group by rule_id, subject_code
    having count(*) > 1
),

one_is_met as (
    select j.rule_id, j.kind, j.line_id, j.subject_code
    from judged as j
    inner join several as v on j.rule_id = v.rule_id and j.subject_code = v.subject_code
    where not (j.other_visit or j.other_insurance or j.other_department)
    group by j.rule_id, j.kind, j.line_id, j.subject_code
),

met as (
    select
        j.*,
        count(*) over (partition by j.rule_id, j.kind, j.line_id, j.subject_code) as points,
        row_number() over (
            partition by j.rule_id, j.setl_id, j.bkkp_sn
            order by j.subject_code, j.item_code, j.service_date, j.valid_from, j.med_types, j.insutypes, j.dept_codes
        ) as place
    from judged as j
    left join one_is_met as n
        on j.rule_id = n.rule_id and j.kind = n.kind and j.line_id = n.line_id and j.subject_code = n.subject_code
    where n.line_id is null and (j.other_visit or j.other_insurance or j.other_department)
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'dept_code': coalesce(dept_code, ''),
        'dept_codes': coalesce(dept_codes, ''),
        'insutype': insutype,
        'insutypes': coalesce(insutypes, ''),
        'med_type': med_type,
        'med_types': coalesce(med_types, ''),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”',
        case when other_visit then concat('限医疗类别', replace(med_types, '|', '、'), '，本次为', med_type, '，') else '' end,
        case when other_insurance then concat('限险种', replace(insutypes, '|', '、'), '，本次为', insutype, '，') else '' end,
        case when other_department then concat('限科室', replace(dept_codes, '|', '、'), '，开单科室为', dept_code, '，') else '' end,
        case when points > 1 then concat('该项目的', cast(points as varchar), '条限定均不符合，') else '' end,
        '与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1
