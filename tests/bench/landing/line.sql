-- grain: one fee line of the chunk, refunds and repetitions included; money in fen
-- part: 0 the settlement, 1 a long stay's second, 2 the refund, 3 settled again
counted as (
    select n, k, lines, is_inpatient, kind, provider, person, begndate, enddate, interim, refund, in_hospital, times, item,
        case when chance(n * 1024 + k, 9) < 0.0001 then 60 else 1 + cast(floor(power(chance(n * 1024 + k, 11), 2) * 3) as integer) end as cnt,
        price_(item) * case when chance(n * 1024 + k, 10) < 0.001 then 2 else 1 end as pric,
        begndate + cast(floor((enddate - begndate) * k / lines) as integer) as day
    from fitting
),
priced as (
    select *, cnt * pric as total, case when interim and k * 2 >= lines then 1 else 0 end as part, n * 1024 + k as first_lid,
        case when item % 50 = 49 then 2 when item % 10 in (3, 6) then 1 else 0 end as lv,
        -- the catalogue's cap is nine tenths of the price
        case when item % 400 = 13 then cnt * pric - (cnt * pric * 9 + 5) // 10 else 0 end as over_
    from counted
),
shared as (
    select *, case when lv = 2 then total else 0 end as own, case when lv = 2 then 0 else over_ end as over,
        case when lv = 1 then ((total - over_) * 10 + 50) // 100 else 0 end as pre
    from priced
),
base as (
    select * exclude (over_), total - own - over - pre as scope from shared
),
sided as (
    select *, 1 as sign, null as init_lid, first_lid as lid, part as own_part from base
    union all
    select *, -1, first_lid, 1000000000000 + first_lid, 2 from base where refund = 1 and chance(n, 32) < 0.6 or refund = 2 and k = 0
    union all
    select *, 1, null, 2000000000000 + first_lid, 3 from base where refund = 1 and chance(n, 33) < 0.97
)
select n, k, own_part as part, lid, init_lid, item, is_inpatient, kind, provider, person, lv, in_hospital, refund,
    sign * cnt as cnt, pric, sign * total as total, sign * own as own, sign * over as over, sign * pre as pre, sign * scope as scope,
    day + to_seconds(cast(21600 + (n + k * 61) % 7200 as bigint)) as fee_at, times[own_part + 1] as setl_at
from sided
