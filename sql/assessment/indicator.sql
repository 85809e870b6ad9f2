-- Numerators and denominators of the indicators over the whole quarters of a period.
-- grain: fixmedins_code, indicator, peer_group
-- inputs: score.indicator
-- parameters: $quarters (list), $indicators (list)
-- limits: a quarter counts as it was when last made; CMI of two grouping versions stays apart, as two peer groups
with latest as (
    select quarter, max(period) as period
    from score.indicator
    where list_contains($quarters, quarter)
    group by quarter
)

select
    i.fixmedins_code, i.indicator, i.peer_group,
    cast(sum(i.numerator) as decimal(18, 4)) as numerator,
    cast(sum(i.denominator) as decimal(18, 4)) as denominator,
    cast(sum(i.cases) as bigint) as cases
from score.indicator as i
inner join latest as l on i.quarter = l.quarter and i.period = l.period
where list_contains($indicators, i.indicator) and i.value is not null
group by i.fixmedins_code, i.indicator, i.peer_group
order by i.fixmedins_code, i.indicator, i.peer_group
