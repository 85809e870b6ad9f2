-- Diagnoses that are no ICD-10 code, and main diagnoses that the coding rules do not allow as such.
-- grain: one rule and settlement
-- inputs: core.diagnosis, core.code (codes as they were sent), core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $western_types (diag_type of western diagnoses), $usual_percent
-- known limits: form only, no list of valid codes; not allowed as main are external causes (V–Y), morphology (M8000/3) and
--   manifestations (*, but not in one code with their cause: A17.000+G01*); where fewer than $usual_percent of all codes have
--   the form, another code system is in use
with judged as (
    select
        d.setl_id,
        c.code as diag_code,
        d.is_main,
        not regexp_matches(c.code, '^[A-Z][0-9]{2}') as wrong_form,
        d.is_main and (
            regexp_matches(d.diag_code, '^[V-Y][0-9]{2}')
            or regexp_matches(d.diag_code, '^M[89][0-9]{3}/')
            or (d.diag_code like '%*' and not regexp_matches(d.diag_code, '[+†]'))
        ) as wrong_main
    from core.diagnosis as d
    inner join core.code as c on d.code_no = c.code_no
    where d.diag_type is null or list_contains($western_types, d.diag_type)
),

usual as (
    select 100 * sum(case when wrong_form then 0 else 1 end) >= $usual_percent * count(*) as form_is_usual
    from judged
),

met as (
    select
        s.setl_id,
        s.quarter,
        s.fixmedins_code,
        s.net_medfee_sumamt,
        min(case when j.wrong_main then j.diag_code end) as main_code,
        min(case when j.wrong_form then j.diag_code end) as odd_code,
        count(distinct j.diag_code) as codes
    from judged as j
    cross join usual as u
    inner join core.settlement as s on j.setl_id = s.setl_id
    where
        u.form_is_usual
        and (j.wrong_form or j.wrong_main)
        and s.refund_state <> 'full'
        and s.quarter between $period_from and $period_to
    group by s.setl_id, s.quarter, s.fixmedins_code, s.net_medfee_sumamt
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    m.setl_id,
    cast(null as varchar) as bkkp_sn,
    coalesce(m.main_code, m.odd_code) as item_code,
    m.net_medfee_sumamt as gross_amount,
    'none' as claim_kind,
    to_json({
        'codes': m.codes,
        'main_code': coalesce(m.main_code, ''),
        'odd_code': coalesce(m.odd_code, '')
    }) as evidence,
    concat(
        case
            when m.main_code is not null then concat('主诊断', m.main_code, '按编码规则不作主诊断')
            else concat('诊断编码“', m.odd_code, '”不合疾病诊断编码格式')
        end,
        '，与“', r.rule_name, '”的情形相符'
    ) as reason
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
