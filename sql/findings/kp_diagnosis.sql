-- Subjects payable only with one of some diagnoses (needs), or not with any of them (forbids).
-- grain: one rule and fee line; for operations one rule and settlement
-- inputs: finding.occurrence_key, finding.occurrence, finding.kp_diagnosis, finding.code_list, finding.subject_match, finding.rule,
--   core.code (codes as they were sent)
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: all diagnoses of all settlements of the visit count, main and secondary; a visit without any coded diagnosis
--   gives no finding, nor do those of Chinese medicine: they may meet a need, but lists are of ICD-10; a need is met by what lies under
--   a code named too (K26.000x001 under K26.000), what is forbidden is that code alone; of several needs of one rule and
--   subject one is enough; the list of diagnoses that a bureau has may be shorter than the patient's record
-- Visits, lines, codes and lists are compared by number; names and amounts are asked for the few that are left.
with point as (
    select
        m.code_no, m.kind, k.point_no, k.rule_id, k.subject_code, k.mode, k.valid_from, k.valid_until, c.list_no
    from finding.kp_diagnosis as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    inner join (select list, list_no from finding.code_list group by list, list_no) as c on k.diag_codes = c.list
    where list_contains($rule_ids, k.rule_id)
),

alive as (
    select visit_no
    from finding.occurrence_key
    where period between $period_from and $period_to
    group by visit_no
),

coded as (
    select
        o.visit_no,
        o.code_no,
        o.kind,
        min(o.setl_time) as first_time,
        max(o.setl_time) as last_time
    from finding.occurrence_key as o
    inner join alive as v on o.visit_no = v.visit_no
    where o.kind in ('diagnosis', 'syndrome')
    group by o.visit_no, o.code_no, o.kind
),

seen as (
    select
        visit_no,
        count(*) as diagnoses,
        max(last_time) as last_time
    from coded
    where kind = 'diagnosis'
    group by visit_no
),

hit as not materialized (
    select
        p.point_no, p.rule_id, p.subject_code, p.mode, p.list_no, o.kind, o.line_id, o.visit_no, o.setl_time
    from finding.occurrence_key as o
    inner join point as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    where o.period <= $period_to
),

asked as (
    select
        h.visit_no,
        h.list_no
    from hit as h
    inner join alive as v on h.visit_no = v.visit_no
    group by h.visit_no, h.list_no
),

-- a need is met by what lies under a code as well
listed as (
    select
        list_no,
        code_no,
        max(is_named) as is_named
    from (
        select c.list_no, m.code_no, 1 as is_named
        from finding.code_list as c
        inner join finding.subject_match as m on c.code = m.subject_code
        where m.kind = 'diagnosis'
        union all
        select c.list_no, m.code_no, 0 as is_named
        from finding.code_list as c
        inner join finding.subject_match as m on concat(c.code, '*') = m.subject_code
        where m.kind = 'diagnosis'
    ) as t
    group by list_no, code_no
),

held as (
    select
        a.visit_no,
        a.list_no,
        min(case when c.kind = 'diagnosis' and l.is_named = 1 then c.code_no end) as code_no,
        min(case when c.kind = 'diagnosis' and l.is_named = 1 then c.first_time end) as held_time
    from asked as a
    inner join coded as c on a.visit_no = c.visit_no
    inner join listed as l on a.list_no = l.list_no and c.code_no = l.code_no
    group by a.visit_no, a.list_no
),

-- few hits are left here, so that the needs met beside them are looked up, not the other way round
open_hit as (
    select
        h.*,
        d.code_no as held_no,
        s.diagnoses,
        greatest(h.setl_time, case h.mode when 'needs' then s.last_time else d.held_time end) as completed
    from hit as h
    inner join seen as s on h.visit_no = s.visit_no
    left join held as d on h.visit_no = d.visit_no and h.list_no = d.list_no
    where (h.mode = 'forbids' and d.code_no is not null) or (h.mode = 'needs' and d.visit_no is null)
),

in_need as (
    select kind, line_id, rule_id, subject_code
    from open_hit
    where mode = 'needs'
    group by kind, line_id, rule_id, subject_code
),

need_met as (
    select h.kind, h.line_id, h.rule_id, h.subject_code
    from hit as h
    inner join in_need as n
        on h.line_id = n.line_id and h.kind = n.kind and h.rule_id = n.rule_id and h.subject_code = n.subject_code
    inner join held as d on h.visit_no = d.visit_no and h.list_no = d.list_no
    where h.mode = 'needs'
    group by h.kind, h.line_id, h.rule_id, h.subject_code
),

dated as (
    select
        h.*,
        concat(cast(year(h.completed) as varchar), 'Q', cast(quarter(h.completed) as varchar)) as completed_in
    from open_hit as h
    left join need_met as n
        on
            h.mode = 'needs' and h.line_id = n.line_id and h.kind = n.kind and h.rule_id = n.rule_id
            and h.subject_code = n.subject_code
    where n.line_id is null
),

met as (
    select
        d.rule_id, d.completed_in, d.subject_code, d.mode, d.diagnoses,
        o.fixmedins_code, o.setl_id, o.bkkp_sn, o.code as item_code, o.cnt, o.pric, o.amount as gross_amount, o.claim_kind,
        o.service_date,
        r.rule_name,
        k.diag_codes, k.valid_from, k.basis_id,
        u.code as held_code,
        coalesce(o.name, k.subject_name, o.code) as item_name,
        row_number() over (
            partition by d.rule_id, o.setl_id, o.bkkp_sn
            order by d.completed, d.subject_code, o.code, o.service_date, d.mode, k.valid_from, k.diag_codes
        ) as place
    from dated as d
    inner join finding.occurrence as o on d.kind = o.kind and d.line_id = o.line_id
    inner join finding.kp_diagnosis as k on d.point_no = k.point_no
    inner join finding.rule as r on d.rule_id = r.rule_id
    left join core.code as u on d.held_no = u.code_no
)

select
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind,
    basis_id,
    to_json({
        'diag_codes': diag_codes,
        'diagnoses': diagnoses,
        'held_code': coalesce(held_code, ''),
        'mode': mode,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”',
        case mode
            when 'needs' then concat('限所列诊断使用，本次就诊', cast(diagnoses as varchar), '个诊断均不在其中')
            else concat('不用于所列诊断，本次就诊有诊断', held_code)
        end,
        '，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1 and completed_in between $period_from and $period_to
