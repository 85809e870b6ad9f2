-- Settlements of services that began after the registered day of death.
-- grain: one rule and settlement, case level
-- inputs: core.settlement, cur.psn_info_b, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $first_year (earlier days of death are placeholders)
-- known limits: a service that began on or before that day is no finding, whenever it was settled; a wrong day in the register
--   looks the same, so the evidence counts all settlements after it; a day of death before the birth is no day of death
with dead as (
    select
        psn_id,
        max(death_date) as death_date
    from cur.psn_info_b
    where death_date is not null and year(death_date) >= $first_year and (brdy is null or brdy <= death_date)
    group by psn_id
    having min(death_date) = max(death_date)
),

later as (
    select
        s.*,
        d.death_date,
        count(*) over (
            partition by s.psn_id order by s.setl_time, s.setl_id rows between unbounded preceding and current row
        ) as place
    from core.settlement as s
    inner join dead as d on s.psn_id = d.psn_id
    where s.begndate > d.death_date and s.refund_state <> 'full' and (s.brdy is null or s.brdy <= d.death_date)
)

select
    r.rule_id,
    s.quarter as period,
    s.fixmedins_code,
    s.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(0 as decimal(18, 4)) as allowed,
    cast(date_diff('day', s.death_date, s.begndate) as decimal(18, 4)) as excess,
    s.net_medfee_sumamt as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'case' as claim_kind,
    to_json({
        'begndate': cast(s.begndate as varchar),
        'days_after': date_diff('day', s.death_date, s.begndate),
        'death_date': cast(s.death_date as varchar),
        'settlements_after_so_far': s.place
    }) as evidence,
    concat(
        '登记死亡日期', cast(s.death_date as varchar), '，', cast(s.begndate as varchar), '仍有就医或购药结算，与“', r.rule_name,
        '”的情形相符，需先核实死亡登记'
    ) as reason,
    cast(null as varchar) as basis_id
from later as s
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and s.quarter between $period_from and $period_to
