-- Quantities above a limit for one person at one provider in a day, ISO week, month, year or visit: the excess, latest lines first.
-- grain: one rule and fee line
-- inputs: finding.occurrence_key, finding.occurrence, finding.subject_match, finding.kp_frequency, finding.rule,
--   finding.in_scope
-- parameters: $rule_ids, $period_from, $period_to, $visit_in_stay (visit, day: what a limit a visit holds for in a stay),
--   $several_doses (yes: lines with more than a day of supply are left to another template)
-- known limits: lines count only while the knowledge point is valid; a line's excess is final once all earlier lines of its
--   window are settled, so a late settlement moves the finding to its own quarter; lines of 200,000 units or more are a
--   matter of quality and only judged where the whole line is excess; lines that the person paid alone do not count
-- Lines and windows are compared by number; names and amounts are asked for the windows that pass their limit.
with point as (
    select
        m.code_no, k.point_no, k.per, k.max_cnt, k.valid_from, k.valid_until
    from finding.kp_frequency as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

hit as not materialized (
    select
        p.point_no, p.max_cnt, o.line_id, o.place_no, o.cnt,
        case
            when p.per = 'day' then date_diff('day', cast('1970-01-01' as date), o.service_date)
            when p.per = 'week' then date_diff('day', cast('1970-01-01' as date), cast(date_trunc('week', o.service_date) as date))
            when p.per = 'month' then date_diff('day', cast('1970-01-01' as date), cast(date_trunc('month', o.service_date) as date))
            when p.per = 'year' then date_diff('day', cast('1970-01-01' as date), cast(date_trunc('year', o.service_date) as date))
            when $visit_in_stay = 'day' and o.is_inpatient
                then cast(o.visit_no as bigint) * 100000 + date_diff('day', cast('1970-01-01' as date), o.service_date)
            else o.visit_no
        end as span_no
    from finding.occurrence_key as o
    inner join point as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    where o.kind = 'item' and not ($several_doses = 'yes' and p.per = 'day' and coalesce(o.net_prd_days, 0) > 1)
),

-- only windows that pass their limit are put in order
crossed as (
    select point_no, place_no, span_no
    from hit
    group by point_no, place_no, span_no
    having sum(cnt) > min(max_cnt)
),

counted as (
    select
        o.*,
        h.point_no, h.place_no, h.span_no,
        k.rule_id, r.rule_name, k.subject_code, k.max_cnt, k.valid_from, k.basis_id, k.per,
        coalesce(o.name, k.subject_name, o.code) as item_name,
        case
            when k.per = 'day' then cast(o.service_date as varchar)
            when k.per = 'week' then cast(cast(date_trunc('week', o.service_date) as date) as varchar)
            when k.per = 'month' then cast(cast(date_trunc('month', o.service_date) as date) as varchar)
            when k.per = 'year' then cast(cast(date_trunc('year', o.service_date) as date) as varchar)
            when $visit_in_stay = 'day' and o.is_inpatient then concat(o.mdtrt_id, ' ', cast(o.service_date as varchar))
            else o.mdtrt_id
        end as span
    from hit as h
    inner join crossed as x on h.point_no = x.point_no and h.place_no = x.place_no and h.span_no = x.span_no
    inner join finding.occurrence as o on h.line_id = o.line_id
    inner join finding.kp_frequency as k on h.point_no = k.point_no
    inner join finding.rule as r on k.rule_id = r.rule_id
    where o.kind = 'item'
),

running as (
    select
        c.*,
        sum(c.cnt) over (
            partition by c.point_no, c.place_no, c.span_no
            order by c.fee_ocur_time, c.bkkp_sn
            rows between unbounded preceding and current row
        ) as so_far,
        max(c.setl_time) over (
            partition by c.point_no, c.place_no, c.span_no
            order by c.fee_ocur_time, c.bkkp_sn
            rows between unbounded preceding and current row
        ) as completed
    from counted as c
    left join finding.in_scope as n on c.setl_id = n.setl_id
    where c.inscp_amt > 0 or n.setl_id is null
),

exceeding as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as period,
        cast(least(cnt, so_far - max_cnt) as decimal(16, 4)) as over_cnt
    from running
    where so_far > max_cnt
),

met as (
    select
        *,
        row_number() over (
            partition by rule_id, bkkp_sn
            order by over_cnt desc, subject_code asc, per asc, valid_from asc
        ) as place
    from exceeding
    where over_cnt = cnt or cnt < 200000
),

whole as (
    select
        *,
        case when over_cnt = cnt then 1 else cast(cnt * 10000 as bigint) end as den,
        case when over_cnt = cnt then 1 else cast(over_cnt * 10000 as bigint) end as num,
        cast(amount * 100 as bigint) as fen
    from met
    where place = 1 and period between $period_from and $period_to
),

-- fen x num / den half-up, in whole numbers: fen = den x q + rest keeps every product small
priced as (
    select
        *,
        cast((fen // den) * num + (2 * (fen % den) * num + den) // (2 * den) as decimal(18, 0)) * cast(0.01 as decimal(3, 2))
            as at_stake
    from whole
)

select
    rule_id,
    period,
    fixmedins_code,
    setl_id,
    bkkp_sn,
    code as item_code,
    item_name,
    cnt,
    pric,
    cast(max_cnt as decimal(18, 4)) as allowed,
    cast(over_cnt as decimal(18, 4)) as excess,
    cast(at_stake as decimal(16, 2)) as gross_amount,
    cast(over_cnt as decimal(20, 4)) as part_num,
    cast(cnt as decimal(20, 4)) as part_den,
    claim_kind,
    to_json({
        'completed': cast(completed as varchar),
        'max_cnt': cast(max_cnt as varchar),
        'per': per,
        'service_date': cast(service_date as varchar),
        'so_far': cast(so_far as varchar),
        'span': span,
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”同一人在同一机构每',
        case per when 'day' then '日' when 'week' then '周' when 'month' then '月' when 'year' then '年' else '次就诊' end,
        case when max_cnt = 0 then '不予支付' else concat('限', rtrim(rtrim(cast(max_cnt as varchar), '0'), '.')) end, '，至本条累计',
        rtrim(rtrim(cast(so_far as varchar), '0'), '.'), '，与“', rule_name, '”的情形相符'
    ) as reason,
    basis_id
from priced
where at_stake > 0
