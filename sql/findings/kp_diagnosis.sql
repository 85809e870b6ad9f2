-- Subjects payable only with one of some diagnoses (needs), or not with any of them (forbids).
-- grain: one rule and fee line; for operations one rule and settlement
-- inputs: finding.restricted, finding.kp_diagnosis, finding.code_list, finding.subject_match, finding.rule, core.diagnosis,
--   core.settlement
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: all diagnoses of all settlements of the visit count, main and secondary; a visit without any coded diagnosis
--   gives no finding; of several needs of one rule and subject one is enough; the list of diagnoses that a bureau has
--   may be shorter than the patient's record
with alive as (
    select mdtrt_id
    from core.settlement
    where quarter between $period_from and $period_to
    group by mdtrt_id
),

hit as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.diag_codes,
        k.mode,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name
    from finding.restricted as o
    inner join finding.kp_diagnosis as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    inner join alive as v on o.mdtrt_id = v.mdtrt_id
    where list_contains($rule_ids, k.rule_id) and o.period <= $period_to
),

asked as (
    select
        mdtrt_id,
        diag_codes
    from hit
    group by mdtrt_id, diag_codes
),

coded as (
    select
        s.mdtrt_id,
        d.diag_code,
        max(s.setl_time) as last_time,
        min(s.setl_time) as first_time
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    inner join alive as v on s.mdtrt_id = v.mdtrt_id
    where s.refund_state <> 'full'
    group by s.mdtrt_id, d.diag_code
),

-- left joins in this order: visits x their few diagnoses, never codes x lists
answered as (
    select
        a.mdtrt_id,
        a.diag_codes,
        max(v.last_time) as last_time,
        min(case when c.code is not null then v.first_time end) as held_time,
        min(case when c.code is not null then v.diag_code end) as held_code,
        count(distinct v.diag_code) as diagnoses
    from asked as a
    left join coded as v on a.mdtrt_id = v.mdtrt_id
    left join finding.subject_match as m on m.kind = 'diagnosis' and v.diag_code = m.code
    left join finding.code_list as c on a.diag_codes = c.list and m.subject_code = c.code
    group by a.mdtrt_id, a.diag_codes
),

judged as (
    select
        h.*,
        a.held_code,
        a.diagnoses,
        greatest(h.setl_time, case h.mode when 'needs' then a.last_time else a.held_time end) as completed
    from hit as h
    inner join answered as a on h.mdtrt_id = a.mdtrt_id and h.diag_codes = a.diag_codes
    where a.diagnoses > 0 and (h.mode = 'needs' or a.held_code is not null)
),

-- few hits are left here, so that the needs met beside them are looked up, not the other way round
open_hit as (
    select *
    from judged
    where mode = 'forbids' or held_code is null
),

need_met as (
    select
        rule_id,
        setl_id,
        coalesce(bkkp_sn, '') as line,
        subject_code,
        item_code,
        service_date
    from judged
    where mode = 'needs' and held_code is not null
    group by rule_id, setl_id, coalesce(bkkp_sn, ''), subject_code, item_code, service_date
),

dated as (
    select
        o.*,
        concat(cast(year(o.completed) as varchar), 'Q', cast(quarter(o.completed) as varchar)) as completed_in
    from open_hit as o
    left join need_met as n
        on
            o.mode = 'needs'
            and o.rule_id = n.rule_id
            and o.setl_id = n.setl_id
            and coalesce(o.bkkp_sn, '') = n.line
            and o.subject_code = n.subject_code
            and o.item_code = n.item_code
            and o.service_date = n.service_date
    where n.rule_id is null
),

met as (
    select
        *,
        row_number() over (
            partition by rule_id, setl_id, bkkp_sn
            order by completed, subject_code, item_code, service_date, mode, valid_from, diag_codes
        ) as place
    from dated
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
