-- Days of supply or treatment above a limit for one person at one provider in a day, ISO week, month, year or visit:
-- the excess, latest lines first.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_supply, finding.rule, cur.hilist_b
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: a line's days are prd_days less what was returned; outside stays else quantity x days_per_pack of the
--   catalogue; else each day on which the subject is charged is one day, whatever the quantity; lines count only while the
--   knowledge point is valid
with pack as (
    select
        hilist_code,
        coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_until,
        max(days_per_pack) as days_per_pack
    from cur.hilist_b
    where days_per_pack > 0
    group by hilist_code, coalesce(valid_from, cast('1900-01-01' as date)), coalesce(valid_to, cast('9999-12-31' as date))
),

supplied as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.per,
        k.max_days,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        case
            when o.net_prd_days > 0 then o.net_prd_days
            when o.is_inpatient then null
            else cast(cast(o.cnt as decimal(28, 4)) * p.days_per_pack as decimal(18, 4))
        end as supply,
        case k.per
            when 'day' then cast(o.service_date as varchar)
            when 'week' then cast(cast(date_trunc('week', o.service_date) as date) as varchar)
            when 'month' then cast(cast(date_trunc('month', o.service_date) as date) as varchar)
            when 'year' then cast(cast(date_trunc('year', o.service_date) as date) as varchar)
            else o.mdtrt_id
        end as span,
        row_number() over (
            partition by k.rule_id, k.subject_code, k.per, k.valid_from, o.bkkp_sn
            order by p.valid_from desc
        ) as newest
    from finding.restricted as o
    inner join finding.kp_supply as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    left join pack as p
        on o.hilist_code = p.hilist_code and o.service_date between p.valid_from and p.valid_until
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item'
),

-- only windows that can pass their limit are put in order
crossed as (
    select rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
    from supplied
    group by rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
    having sum(coalesce(supply, 1)) > min(max_days)
),

counted as (
    select
        c.*,
        case
            when c.supply is not null then c.supply
            when
                row_number() over (
                    partition by
                        c.rule_id, c.subject_code, c.per, c.valid_from, c.psn_id, c.fixmedins_code, c.span, c.service_date,
                        c.supply is null
                    order by c.fee_ocur_time, c.bkkp_sn
                ) = 1 then 1
            else 0
        end as days
    from supplied as c
    inner join crossed as x
        on
            c.rule_id = x.rule_id
            and c.subject_code = x.subject_code
            and c.per = x.per
            and c.valid_from = x.valid_from
            and c.psn_id = x.psn_id
            and c.fixmedins_code = x.fixmedins_code
            and c.span = x.span
    where c.newest = 1
),

running as (
    select
        *,
        cast(sum(days) over (
            partition by rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
            order by fee_ocur_time, bkkp_sn
            rows between unbounded preceding and current row
        ) as decimal(18, 4)) as so_far,
        max(setl_time) over (
            partition by rule_id, subject_code, per, valid_from, psn_id, fixmedins_code, span
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
        cast(gross_amount * 100 as hugeint) as fen,
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
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, claim_kind, basis_id,
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
        '限', cast(max_days as varchar), '天，至本条累计', cast(so_far as varchar), '天，与“', rule_name, '”的情形相符'
    ) as reason
from priced
where at_stake > 0
