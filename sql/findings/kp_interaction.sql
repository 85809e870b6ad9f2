-- Subjects not to be used within some days of another item that the same person was charged at the same provider.
-- grain: one rule and fee line (the subject's), with the nearest other line
-- inputs: finding.occurrence_key, finding.occurrence, finding.subject_match, finding.kp_interaction, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: 0 days = on one day; days are those of the charges, not of taking the drug; other providers are not looked at,
--   because a prescriber need not know of them; where two lines each answer to both sides (of one point, or of
--   two that name each other) only the later one is at stake
-- Lines, codes and days are compared by number; names and amounts are asked for the pairs that are found.
with subject as (
    select
        m.code_no, k.point_no, k.days, k.valid_from, k.valid_until
    from finding.kp_interaction as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

opposite as (
    select
        m.code_no, k.point_no
    from finding.kp_interaction as k
    inner join finding.subject_match as m on k.other_code = m.subject_code
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

hit as (
    select
        p.point_no, p.days, o.line_id, o.code_no, o.place_no, o.service_date
    from finding.occurrence_key as o
    inner join subject as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    where o.kind = 'item' and o.period <= $period_to
),

other as (
    select
        p.point_no, o.line_id, o.code_no, o.place_no, o.service_date
    from finding.occurrence_key as o
    inner join opposite as p on o.code_no = p.code_no
    where o.kind = 'item'
),

pair as (
    select
        h.point_no, h.line_id, h.code_no, b.line_id as other_line_id, b.code_no as other_code_no
    from hit as h
    inner join other as b
        on
            h.point_no = b.point_no
            and h.place_no = b.place_no
            and b.service_date between h.service_date - h.days and h.service_date + h.days
    where h.line_id <> b.line_id
),

-- the same two lines, found from the other side: by the same point or by one that names them the other way round
mirror as (
    select
        k.rule_id, p.line_id, p.other_line_id
    from pair as p
    inner join finding.kp_interaction as k on p.point_no = k.point_no
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

near as (
    select
        k.rule_id, k.subject_code, k.days, k.valid_from, k.basis_id, r.rule_name,
        a.claim_kind, a.fixmedins_code, a.setl_id, a.bkkp_sn, a.code as item_code, a.cnt, a.pric, a.amount as gross_amount,
        a.service_date,
        coalesce(a.name, k.subject_name, a.code) as item_name,
        b.bkkp_sn as other_bkkp_sn,
        b.code as met_code,
        coalesce(b.name, b.code) as met_name,
        b.service_date as other_date,
        greatest(a.setl_time, b.setl_time) as completed,
        row_number() over (
            partition by k.rule_id, a.bkkp_sn
            order by
                greatest(a.setl_time, b.setl_time),
                abs(date_diff('day', b.service_date, a.service_date)),
                k.subject_code,
                k.other_code,
                k.valid_from,
                b.bkkp_sn
        ) as place
    from pair as p
    inner join finding.kp_interaction as k on p.point_no = k.point_no
    inner join finding.rule as r on k.rule_id = r.rule_id
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
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as completed_in
    from near
    where place = 1
)

select
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind,
    basis_id,
    to_json({
        'completed': cast(completed as varchar),
        'days': days,
        'other_bkkp_sn': other_bkkp_sn,
        'other_code': met_code,
        'other_date': cast(other_date as varchar),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”与“', met_name, '”', case days when 0 then '同日' else concat(cast(days as varchar), '日内') end,
        '使用，与“', rule_name, '”的情形相符'
    ) as reason
from met
where completed_in between $period_from and $period_to
