-- Quantities above what the label allows for the days that the line itself says it supplies.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_frequency, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: max_cnt is in units of the fee line; a month counts 30 days, a year 365; per visit the line alone is compared;
--   lines without days of supply give no finding unless the limit is per visit; single doses and routes are not in the extracts
with allowed as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.per,
        k.max_cnt,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        case k.per when 'week' then 7 when 'month' then 30 when 'year' then 365 else 1 end as per_days,
        cast(k.max_cnt * 10000 as hugeint)
        * case k.per when 'visit' then 10000 else cast(cast(o.prd_days as decimal(28, 4)) * 10000 as hugeint) end as allowed_parts
    from finding.restricted as o
    inner join finding.kp_frequency as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.kind = 'item'
        and o.period between $period_from and $period_to
        and (k.per = 'visit' or o.prd_days > 0)
),

-- in hundred-millionths of a unit times the days of the limit: whole numbers, so that nothing is rounded before the fen
counted as (
    select
        *,
        cast(cast(cnt as decimal(28, 4)) * 10000 as hugeint) * 10000 * per_days as den
    from allowed
),

met as (
    select
        *,
        cast(
            cast((2 * allowed_parts + 10000 * per_days) // (20000 * per_days) as decimal(28, 0)) * cast(0.0001 as decimal(5, 4))
            as decimal(18, 4)
        ) as allowed,
        den - allowed_parts as num,
        -- 15330 days are whole weeks, months of thirty days and years
        row_number() over (
            partition by rule_id, bkkp_sn order by allowed_parts * (15330 // per_days), subject_code, per, valid_from
        ) as place,
        cast(gross_amount * 100 as hugeint) as fen
    from counted
    where den > allowed_parts
),

-- the fee's part half-up, in whole fen
priced as (
    select
        *,
        cast((2 * fen * num + den) // (2 * den) as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as at_stake
    from met
    where place = 1
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, claim_kind, basis_id, allowed,
    cast(cnt - allowed as decimal(18, 4)) as excess,
    cast(at_stake as decimal(16, 2)) as gross_amount,
    cast(cast(num as decimal(28, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(20, 4)) as part_num,
    cast(cast(den as decimal(28, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(20, 4)) as part_den,
    to_json({
        'max_cnt': cast(max_cnt as varchar),
        'per': per,
        'prd_days': coalesce(cast(prd_days as varchar), ''),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”', case when per = 'visit' then '' else concat('供', cast(prd_days as varchar), '天，') end,
        '限', rtrim(rtrim(cast(allowed as varchar), '0'), '.'), '，本条',
        rtrim(rtrim(cast(cnt as varchar), '0'), '.'), '，与“', rule_name, '”的情形相符'
    ) as reason
from priced
where at_stake > 0
