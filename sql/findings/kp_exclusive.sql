-- Subjects not payable where another item is charged to the same person at the same provider on the day or in the visit.
-- grain: one rule and fee line (the subject's), with the other line whose settlement came first
-- inputs: finding.occurrence_key, finding.occurrence, finding.subject_match, finding.kp_exclusive, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days
-- known limits: where two lines each answer to subject and other (a code or prefix against itself, two points of one rule that
--   name each other) only the later line is at stake, or both halves of a pair would be; pairs settled further apart than the
--   look-back are not seen
-- Lines, codes and spans are compared by number; names and amounts are asked for the pairs that are found.
with subject as (
    select
        m.code_no, k.point_no, k.scope, k.valid_from, k.valid_until
    from finding.kp_exclusive as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

opposite as (
    select
        m.code_no, k.point_no, k.scope
    from finding.kp_exclusive as k
    inner join finding.subject_match as m on k.other_code = m.subject_code
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

charged as (
    select
        p.point_no, o.line_id, o.code_no, o.place_no, o.setl_time,
        case p.scope when 'day' then date_diff('day', cast('1970-01-01' as date), o.service_date) else o.visit_no end as span
    from finding.occurrence_key as o
    inner join subject as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    where o.kind = 'item'
),

other as (
    select
        p.point_no, o.line_id, o.code_no, o.place_no, o.setl_time,
        case p.scope when 'day' then date_diff('day', cast('1970-01-01' as date), o.service_date) else o.visit_no end as span
    from finding.occurrence_key as o
    inner join opposite as p on o.code_no = p.code_no
    where o.kind = 'item'
),

pair as (
    select
        a.point_no, a.line_id, b.line_id as other_line_id,
        a.code_no, b.code_no as other_code_no,
        greatest(a.setl_time, b.setl_time) as completed
    from charged as a
    inner join other as b on a.point_no = b.point_no and a.place_no = b.place_no and a.span = b.span
    where
        a.line_id <> b.line_id
        and date_diff('day', cast(least(a.setl_time, b.setl_time) as date), cast(greatest(a.setl_time, b.setl_time) as date))
        <= $look_back_days
),

-- the same two lines, found from the other side: by the same point or by one that names them the other way round
mirror as (
    select
        k.rule_id, p.line_id, p.other_line_id
    from pair as p
    inner join finding.kp_exclusive as k on p.point_no = k.point_no
    group by k.rule_id, p.line_id, p.other_line_id
),

line as (
    select line_id
    from pair
    group by line_id
    union
    select other_line_id as line_id
    from pair
    group by other_line_id
),

named as (
    select o.*
    from finding.occurrence as o
    inner join line as l on o.line_id = l.line_id
    where o.kind = 'item'
),

beside as (
    select
        k.rule_id, k.subject_code, k.scope, k.valid_from, k.basis_id,
        a.claim_kind, a.fixmedins_code, a.setl_id, a.bkkp_sn, a.code, a.cnt, a.pric, a.amount, a.service_date,
        coalesce(a.name, k.subject_name, a.code) as item_name,
        b.bkkp_sn as other_bkkp_sn,
        b.code as met_code,
        coalesce(b.name, b.code) as met_name,
        p.completed,
        row_number() over (
            partition by k.rule_id, a.bkkp_sn
            order by p.completed, k.subject_code, k.other_code, k.scope, k.valid_from, b.bkkp_sn
        ) as place
    from pair as p
    inner join finding.kp_exclusive as k on p.point_no = k.point_no
    inner join named as a on p.line_id = a.line_id
    inner join named as b on p.other_line_id = b.line_id
    left join opposite as t on p.point_no = t.point_no and p.code_no = t.code_no
    left join finding.subject_match as s on p.other_code_no = s.code_no and k.subject_code = s.subject_code
    left join mirror as i on k.rule_id = i.rule_id and p.line_id = i.other_line_id and p.other_line_id = i.line_id
    where
        ((t.code_no is null or s.code_no is null) and i.line_id is null)
        or b.fee_ocur_time < a.fee_ocur_time
        or (b.fee_ocur_time = a.fee_ocur_time and b.bkkp_sn < a.bkkp_sn)
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
    m.item_name,
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
        '“', m.item_name, '”与“', m.met_name, '”', case m.scope when 'day' then '同日' else '同次就诊' end,
        '收费，与“', r.rule_name, '”的情形相符'
    ) as reason,
    m.basis_id
from met as m
inner join finding.rule as r on m.rule_id = r.rule_id
where m.period between $period_from and $period_to
