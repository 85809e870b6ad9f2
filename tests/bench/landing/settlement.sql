-- grain: one settlement of the chunk with its refunds and repetitions; money in fen, signed
with scoped as (
    select n, part, sum(total) as total, sum(own) as own, sum(over) as over, sum(pre) as pre, sum(scope) as scope
    from line where part < 2 or (part = 2 and refund = 2) group by n, part
),
stood as (
    select v.*, s.part, abs(s.total) as total, abs(s.own) as own, abs(s.over) as over, abs(s.pre) as pre, abs(s.scope) as scope,
        worker_(v.person) as worker
    from scoped as s inner join visit as v on s.n = v.n where not v.in_hospital
),
deducted as (
    select *, case when is_inpatient and part = 0 then least(scope, [80000, 50000, 20000, 10000, 0, 80000][cls + 1]) else 0 end as dedc,
        case when is_inpatient then case when worker then [8500, 8800, 9200, 9000, 0, 8000] else [6800, 7800, 8800, 8500, 0, 6500] end
             when kind in ('chronic', 'dialysis') then case when worker then [8500, 8500, 8500, 8500, 8500, 8500] else [7000, 7000, 7000, 7000, 7000, 7000] end
             else case when worker then [5500, 6000, 7000, 7000, 5000, 5000] else [4000, 5000, 6000, 6000, 4000, 3500] end end as ratios
    from stood
),
pooled as (
    select *, ((scope - dedc) * ratios[cls + 1] + 5000) // 10000 as hifp from deducted
),
helped as (
    select *, case when worker and person % 15 = 0 and is_inpatient then (scope - hifp) * 6 // 10 else 0 end as cvlserv from pooled
),
large as (
    select *, case when is_inpatient and not worker then greatest(scope - hifp - 600000, 0) * 6 // 10 else 0 end as hifmi,
        case when is_inpatient and worker then greatest(scope - hifp - cvlserv - 400000, 0) * 8 // 10 else 0 end as hifob
    from helped
),
aided as (
    select *, case when not worker and person % 40 = 1 then (scope - hifp - hifmi) * 5 // 10 else 0 end as maf from large
),
borne as (
    select *, hifp + cvlserv + hifmi + hifob + maf as fund, total - (hifp + cvlserv + hifmi + hifob + maf) as psn from aided
),
paid as (
    select *, case when worker then least(psn, 300000) else 0 end as acct, case when not worker and person % 25 = 2 then psn // 2 else 0 end as mulaid
    from borne
),
sided as (
    select *, case when part = 2 then -1 else 1 end as sign, part as own_part from paid
    union all
    select *, -1, 2 from paid where refund = 1
    union all
    select *, 1, 3 from paid where refund = 1 and chance(n, 33) < 0.97
)
select * exclude (times, part, own_part, sign, ratios), own_part as part, sign, times[own_part + 1] as setl_at, n * 4 + own_part as sid,
    case when own_part = 2 and chance(n, 35) < 0.85 then 0 end as init_part,
    refund = 0 and chance(n * 4 + own_part, 36) < 0.0037 as cancelled
from sided
