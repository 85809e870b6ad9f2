-- Subjects not payable where another item is charged to the same person at the same provider on the day or in the visit.
-- grain: one rule and fee line (the subject's), with the other line whose settlement came first
-- inputs: finding.occurrence, finding.subject_match, finding.kp_exclusive, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days
-- known limits: where two lines each answer to subject and other of one knowledge point (a code or prefix against itself)
--   only the later line is at stake, or both halves of a pair would be; pairs settled further apart than the look-back are not seen
with charged as (
    select
        k.rule_id,
        k.subject_code,
        k.other_code,
        k.scope,
        k.valid_from,
        k.basis_id,
        k.subject_name,
        o.claim_kind,
        o.fixmedins_code,
        o.psn_id,
        o.setl_id,
        o.bkkp_sn,
        o.code,
        o.hilist_code,
        o.name,
        o.cnt,
        o.pric,
        o.amount,
        o.service_date,
        o.fee_ocur_time,
        o.setl_time,
        case k.scope when 'day' then cast(o.service_date as varchar) else o.mdtrt_id end as span
    from finding.occurrence as o
    inner join finding.subject_match as m on o.kind = m.kind and o.code = m.code and o.hilist_code = m.hilist_code
    inner join finding.kp_exclusive as k
        on m.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item'
),

pair as (
    select
        k.subject_code,
        k.other_code
    from finding.kp_exclusive as k
    where list_contains($rule_ids, k.rule_id)
    group by k.subject_code, k.other_code
),

other as (
    select
        p.subject_code,
        p.other_code,
        o.fixmedins_code,
        o.psn_id,
        o.mdtrt_id,
        o.bkkp_sn,
        o.code,
        o.name,
        o.service_date,
        o.fee_ocur_time,
        o.setl_time,
        s.code is not null as is_subject
    from finding.occurrence as o
    inner join finding.subject_match as m on o.kind = m.kind and o.code = m.code and o.hilist_code = m.hilist_code
    inner join pair as p on m.subject_code = p.other_code
    left join finding.subject_match as s
        on s.kind = 'item' and o.code = s.code and o.hilist_code = s.hilist_code and p.subject_code = s.subject_code
    where o.kind = 'item'
),

scoped as (
    select
        *,
        'day' as scope,
        cast(service_date as varchar) as span
    from other
    union all
    select
        *,
        'visit' as scope,
        mdtrt_id as span
    from other
),

beside as (
    select
        a.*,
        b.bkkp_sn as other_bkkp_sn,
        b.code as met_code,
        coalesce(b.name, b.code) as met_name,
        greatest(a.setl_time, b.setl_time) as completed,
        row_number() over (
            partition by a.rule_id, a.bkkp_sn
            order by greatest(a.setl_time, b.setl_time), a.subject_code, a.other_code, a.scope, a.valid_from, b.bkkp_sn
        ) as place
    from charged as a
    inner join scoped as b
        on
            a.subject_code = b.subject_code
            and a.other_code = b.other_code
            and a.psn_id = b.psn_id
            and a.fixmedins_code = b.fixmedins_code
            and a.scope = b.scope
            and a.span = b.span
    left join finding.subject_match as t
        on t.kind = 'item' and a.code = t.code and a.hilist_code = t.hilist_code and a.other_code = t.subject_code
    where
        a.bkkp_sn <> b.bkkp_sn
        and (
            t.code is null
            or not b.is_subject
            or b.fee_ocur_time < a.fee_ocur_time
            or (b.fee_ocur_time = a.fee_ocur_time and b.bkkp_sn < a.bkkp_sn)
        )
        and date_diff('day', cast(least(a.setl_time, b.setl_time) as date), cast(greatest(a.setl_time, b.setl_time) as date))
        <= $look_back_days
),

met as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as period
    from beside
    where place = 1
)

select
    m.rule_id,
    m.period,
    m.fixmedins_code,
    m.setl_id,
    m.bkkp_sn,
    m.code as item_code,
    coalesce(m.name, m.subject_name, m.code) as item_name,
    m.cnt,
    m.pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    m.amount as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    m.claim_kind,
    to_json({
        'completed': cast(m.completed as varchar),
        'other_bkkp_sn': m.other_bkkp_sn,
        'other_code': m.met_code,
        'scope': m.scope,
        'service_date': cast(m.service_date as varchar),
        'subject_code': m.subject_code,
        'valid_from': cast(m.valid_from as varchar)
    }) as evidence,
    concat(
        '“', coalesce(m.name, m.subject_name, m.code), '”与“', m.met_name, '”', case m.scope when 'day' then '同日' else '同次就诊' end,
        '收费，与“', r.rule_name, '”的情形相符'
    ) as reason,
    m.basis_id
from met as m
inner join finding.rule as r on m.rule_id = r.rule_id
where m.period between $period_from and $period_to
