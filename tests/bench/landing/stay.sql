-- grain: one stay; a person has at most one that ends in a month, older people more often
-- the billed tier is the true one but at providers that code dearer (one secondary hospital in 23)
with drawn as (
    select p, m, p * 64 + m as s, starts[m + 1] as first, starts[m + 2] - starts[m + 1] as days
    from range($people) as person (p), range($months + 1) as month (m), (select $month_starts as starts)
    where chance(p * 64 + m, 41) < 0.0541 * (0.4 + (p % 90) / 75.0)
),
placed as (
    select *, m * 100000000 + p as n, 1 + cast(floor(days * chance(s, 42)) as integer) as day,
        cast(floor(300 * power(chance(s, 43), 1.5)) as integer) as a,
        case when chance(s, 44) < 0.12 then 1 when chance(s, 44) < 0.40 then 3 else 5 end as true_tier,
        case when chance(s, 45) < 0.012 then 5 when chance(s, 45) < 0.42 then 0 when chance(s, 45) < 0.78 then 1 else 2 end as cls
    from drawn
),
coded as (
    select *, first + day - 1 as enddate,
        place_(cls, case when chance(s, 46) < 0.5 then chance(p, 51 + cls) else chance(s, 47) end) as provider
    from placed
)
select n, p as person, provider, cls, m, enddate, a,
    case when cls = 1 and provider % 23 = 5 and true_tier = 5 and chance(s, 48) < 0.3 then 1 else true_tier end as tier,
    least(30, 1 + cast(floor(2 + weight_(a, true_tier) / 20 * (0.4 + chance(s, 49))) as integer)) as los,
    least(250, 12 + cast(floor($stay_lines * weight_(a, true_tier) / 100 * exp(0.35 * normal_(s, 53) + 0.12 * normal_(provider, 53))
        * case when provider % 29 = 7 then 1.7 else 1 end) as integer)) as lines,
    chance(n, 57) < 0.0025 as in_hospital
from coded
