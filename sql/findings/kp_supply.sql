-- Days of supply or treatment above a limit for one person at one provider in a day, ISO week, month, year or visit:
-- the excess, latest lines first.
-- grain: one rule and fee line
-- inputs: finding.occurrence_key, finding.occurrence, finding.subject_match, finding.kp_supply, finding.rule, cur.hilist_b,
--   finding.in_scope
-- parameters: $rule_ids, $period_from, $period_to, $visit_in_stay (visit, day: what a limit a visit holds for in a stay)
-- known limits: a line's days are prd_days less what was returned; outside stays else quantity x days_per_pack of the
--   catalogue (by the line's catalogue code, else by its own); else each day on which the subject is charged is one day, whatever the
--   quantity; lines count only while the knowledge point is valid; lines that the person paid alone do not count
-- Lines and windows are compared by number; names and amounts are asked for the windows that can pass their limit.
with pack as (
    select
        upper(hilist_code) as pack_code,
        coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_until,
        max(days_per_pack) as days_per_pack
    from cur.hilist_b
    where days_per_pack > 0
    group by upper(hilist_code), coalesce(valid_from, cast('1900-01-01' as date)), coalesce(valid_to, cast('9999-12-31' as date))
),

point as (
    select
        m.code_no, k.point_no, k.per, k.max_days, k.valid_from, k.valid_until,
        upper(case when m.hilist_code <> '' then m.hilist_code else m.code end) as pack_code
    from finding.kp_supply as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

-- at most so many days a pack, whenever it was valid
most as (
    select
        pack_code,
        max(days_per_pack) as days_per_pack
    from pack
    group by pack_code
),

hit as not materialized (
    select
        p.point_no, p.max_days, o.line_id, o.place_no,
        case
            when o.net_prd_days > 0 then o.net_prd_days
            else greatest(cast(cast(o.cnt as decimal(28, 4)) * coalesce(t.days_per_pack, 0) as decimal(18, 4)), 1)
        end as most_days,
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
    left join most as t on p.pack_code = t.pack_code
    where o.kind = 'item'
),

-- only windows that can pass their limit are put in order
crossed as (
    select point_no, place_no, span_no
    from hit
    group by point_no, place_no, span_no
    having sum(most_days) > min(max_days)
),

supplied as (
    select
        o.*,
        h.point_no, h.place_no, h.span_no,
        k.rule_id, r.rule_name, k.subject_code, k.per, k.max_days, k.valid_from, k.basis_id,
        coalesce(o.name, k.subject_name, o.code) as item_name,
        case
            when o.net_prd_days > 0 then o.net_prd_days
            when o.is_inpatient then null
            else cast(cast(o.cnt as decimal(28, 4)) * p.days_per_pack as decimal(18, 4))
        end as supply,
        case
            when k.per = 'day' then cast(o.service_date as varchar)
            when k.per = 'week' then cast(cast(date_trunc('week', o.service_date) as date) as varchar)
            when k.per = 'month' then cast(cast(date_trunc('month', o.service_date) as date) as varchar)
            when k.per = 'year' then cast(cast(date_trunc('year', o.service_date) as date) as varchar)
            when $visit_in_stay = 'day' and o.is_inpatient then concat(o.mdtrt_id, ' ', cast(o.service_date as varchar))
            else o.mdtrt_id
        end as span,
        row_number() over (partition by h.point_no, h.line_id order by p.valid_from desc) as newest
    from hit as h
    inner join crossed as x on h.point_no = x.point_no and h.place_no = x.place_no and h.span_no = x.span_no
    inner join finding.occurrence as o on h.line_id = o.line_id
    inner join finding.kp_supply as k on h.point_no = k.point_no
    inner join finding.rule as r on k.rule_id = r.rule_id
    left join pack as p
        on
            upper(case when o.hilist_code <> '' then o.hilist_code else o.code end) = p.pack_code
            and o.service_date between p.valid_from and p.valid_until
    where o.kind = 'item'
),

counted as (
    select
        c.*,
        case
            when c.supply is not null then c.supply
            when
                row_number() over (
                    partition by
                        c.point_no, c.place_no, c.span_no, c.service_date, c.supply is null
                    order by c.fee_ocur_time, c.bkkp_sn
                ) = 1 then 1
            else 0
        end as days
    from supplied as c
    left join finding.in_scope as n on c.setl_id = n.setl_id
    where c.newest = 1 and (c.inscp_amt > 0 or n.setl_id is null)
),

running as (
    select
        *,
        cast(sum(days) over (
            partition by point_no, place_no, span_no
            order by fee_ocur_time, bkkp_sn
            rows between unbounded preceding and current row
        ) as decimal(18, 4)) as so_far,
        max(setl_time) over (
            partition by point_no, place_no, span_no
            order by fee_ocur_time, bkkp_sn
            rows between unbounded preceding and current row
        ) as completed
    from counted
),

exceeding as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as completed_in,
        cast(coalesce(supply, 1) as decimal(18, 4)) as line_days,
        cast(case when supply is null then 1 else least(supply, so_far - max_days) end as decimal(18, 4)) as over_days
    from running
    where so_far > max_days
),

met as (
    select
        *,
        row_number() over (
            partition by rule_id, bkkp_sn
            order by over_days / line_days desc, subject_code asc, per asc, valid_from asc
        ) as place,
        cast(amount * 100 as hugeint) as fen,
        cast(cast(over_days as decimal(28, 4)) * 10000 as hugeint) as num,
        cast(cast(line_days as decimal(28, 4)) * 10000 as hugeint) as den
    from exceeding
),

-- the fee's part half-up, in whole fen
priced as (
    select
        *,
        cast((2 * fen * num + den) // (2 * den) as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as at_stake
    from met
    where place = 1 and completed_in between $period_from and $period_to
)

select
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, code as item_code, item_name, cnt, pric, claim_kind, basis_id,
    cast(max_days as decimal(18, 4)) as allowed,
    over_days as excess,
    cast(at_stake as decimal(16, 2)) as gross_amount,
    cast(over_days as decimal(20, 4)) as part_num,
    cast(line_days as decimal(20, 4)) as part_den,
    to_json({
        'completed': cast(completed as varchar),
        'counted_by': case when supply is null then 'day' when net_prd_days > 0 then 'prd_days' else 'days_per_pack' end,
        'line_days': cast(line_days as varchar),
        'max_days': cast(max_days as varchar),
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
        '限', rtrim(rtrim(cast(max_days as varchar), '0'), '.'), '天，至本条累计', rtrim(rtrim(cast(so_far as varchar), '0'), '.'),
        '天，与“', rule_name, '”的情形相符'
    ) as reason
from priced
where at_stake > 0
