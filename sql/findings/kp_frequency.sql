-- Quantities above a limit for one person at one provider in a day, ISO week, month, year or visit: the excess, latest lines first.
-- grain: one rule and fee line
-- inputs: finding.occurrence, finding.subject_match, finding.kp_frequency, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: lines count only while the knowledge point is valid; a line's excess is final once all earlier lines of its
--   window are settled, so a late settlement moves the finding to its own quarter; lines of 200,000 units or more are a
--   matter of quality and only judged where the whole line is excess
with counted as (
    select
        k.rule_id,
        r.rule_name,
        k.subject_code,
        k.per,
        k.max_cnt,
        k.valid_from,
        k.basis_id,
        o.claim_kind,
        o.fixmedins_code,
        o.psn_id,
        o.setl_id,
        o.bkkp_sn,
        o.code,
        coalesce(o.name, k.subject_name, o.code) as name,
        o.cnt,
        o.pric,
        o.amount,
        o.service_date,
        o.fee_ocur_time,
        o.setl_time,
        case k.per
            when 'day' then cast(o.service_date as varchar)
            when 'week' then cast(cast(date_trunc('week', o.service_date) as date) as varchar)
            when 'month' then cast(cast(date_trunc('month', o.service_date) as date) as varchar)
            when 'year' then cast(cast(date_trunc('year', o.service_date) as date) as varchar)
            else o.mdtrt_id
        end as span
    from finding.occurrence as o
    inner join finding.subject_match as m on o.kind = m.kind and o.code = m.code and o.hilist_code = m.hilist_code
    inner join finding.kp_frequency as k
        on m.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item'
),

-- only windows that pass their limit are put in order
crossed as (
    select rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
    from counted
    group by rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
    having sum(cnt) > min(max_cnt)
),

running as (
    select
        c.*,
        sum(c.cnt) over (
            partition by c.rule_id, c.subject_code, c.per, c.valid_from, c.psn_id, c.fixmedins_code, c.span
            order by c.fee_ocur_time, c.bkkp_sn
            rows between unbounded preceding and current row
        ) as so_far,
        max(c.setl_time) over (
            partition by c.rule_id, c.subject_code, c.per, c.valid_from, c.psn_id, c.fixmedins_code, c.span
            order by c.fee_ocur_time, c.bkkp_sn
            rows between unbounded preceding and current row
        ) as completed
    from counted as c
    inner join crossed as x
        on
            c.rule_id = x.rule_id
            and c.subject_code = x.subject_code
            and c.per = x.per
            and c.valid_from = x.valid_from
            and c.psn_id = x.psn_id
            and c.fixmedins_code = x.fixmedins_code
            and c.span = x.span
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
    name as item_name,
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
        '“', name, '”同一人在同一机构每',
        case per when 'day' then '日' when 'week' then '周' when 'month' then '月' when 'year' then '年' else '次就诊' end,
        case when max_cnt = 0 then '不予支付' else concat('限', cast(max_cnt as varchar)) end, '，至本条累计', cast(so_far as varchar),
        '，与“', rule_name, '”的情形相符'
    ) as reason,
    basis_id
from priced
where at_stake > 0
