-- grain: one visit of a month; stays, dialysis, chronic medicine, gangs that bring their cards, and all other visits
-- visits that would fall into a stay of the same person are left out, but for one in thirty
with gang as (
    select $base + 10000000 + g * 1000 + d * 100 + i as n,
        cast(floor($people * chance(g * 64 + i, 24)) as bigint) as person, place_(1 + g % 3, chance(g, 25)) as provider,
        1 + cast(floor($days * chance(g * 4096 + $m * 4 + d, 26)) as integer) as day, 'gang' as kind
    from range($gangs) as a (g), range(1 + $m % 2) as b (d), range(40) as c (i)
    where i < 5 + floor(36 * power(chance(g, 27), 2)) and chance((g * 4096 + $m * 4 + d) * 64 + i, 28) < 0.85
),
dialysis as (
    select $base + 20000000 + j as n, cast(j % $dialysis * 1999 % $people as bigint) as person,
        place_(cast(j % 2 as integer), chance(j % $dialysis * 1999 % $people, 29)) as provider,
        1 + $monday + 7 * (j // $dialysis // 3) + 2 * (j // $dialysis % 3) + j % $dialysis % 2 as day, 'dialysis' as kind
    from range($dialysis * 12) as v (j)
),
chronic as (
    select $base + 30000000 + p as n, p as person, place_(cast(2 + p % 2 as integer), chance(p, 51)) as provider,
        1 + cast(floor(25 * chance(p, 21) + 3 * chance($base + p, 22)) as integer) as day, 'chronic' as kind
    from range($people) as v (p) where p % 11 = 3
),
other as (
    select n, person, case when kind = 'outside' then place_(5, chance(n, 2))
        else place_(cls, case when chance(n, 4) < 0.6 then chance(person, 51 + cls) else chance(n, 2) end) end as provider,
        1 + cast(floor($days * chance(n, 3)) as integer) as day, kind
    from (
        select *, case when kind = 'pharmacy' then 4 when chance(n, 5) < 0.22 then 0 when chance(n, 5) < 0.44 then 1
            when chance(n, 5) < 0.64 then 2 else 3 end as cls
        from (
            select $base + 40000000 + j as n, cast(floor($everybody * power(chance($base + 40000000 + j, 1), 1.25)) as bigint) as person,
                case when chance($base + 40000000 + j, 6) < 0.25 then 'pharmacy' when chance($base + 40000000 + j, 6) < 0.262 then 'outside'
                    else 'visit' end as kind
            from range($others) as v (j)
        )
    )
),
every as (
    from gang union all from dialysis union all from chronic union all from other
),
-- half of what falls on a weekend comes on a Thursday or Friday instead
dated as (
    select v.n, v.person, v.provider, v.kind, date '$first' + cast(v.day - 1 as integer)
        - case when v.kind <> 'gang' and v.day > 2 and isodow(date '$first' + cast(v.day - 1 as integer)) > 5 and chance(v.n, 7) < 0.5 then 2 else 0 end
        as enddate
    from every as v where v.day between 1 and $days
),
free as (
    select d.* from dated as d
    where chance(d.n, 8) < 0.03 or not exists (
        select 1 from stay as s where s.m between $m and $m + 1 and s.person = d.person
            and d.enddate between s.enddate - s.los and s.enddate
    )
),
together as (
    select n, person, provider, kind, enddate, enddate as begndate, null as a, null as tier, false as in_hospital,
        case kind when 'pharmacy' then 1 + cast(floor(4 * chance(n, 9)) as integer) when 'chronic' then 2 + cast(floor(5 * chance(n, 9)) as integer)
            when 'gang' then 2 + cast(floor(4 * chance(n, 9)) as integer) when 'dialysis' then 6
            else 1 + cast(floor($visit_lines * power(chance(n, 9), 1.2)) as integer) end as lines
    from free
    union all
    select n, person, provider, 'stay' as kind, enddate, enddate - los as begndate, a, tier, in_hospital, lines from stay where m = $m
),
-- refund: 1 taken back whole (and mostly settled again), 2 in part; interim: long stays settled twice
marked as (
    select *, kind = 'stay' as is_inpatient, enddate - begndate > 15 as interim, class_(provider) as cls,
        case when in_hospital or enddate - begndate > 15 then 0 when chance(n, 31) < 0.058 then 1
             when kind <> 'stay' and lines > 1 and chance(n, 31) < 0.068 then 2 else 0 end as refund,
        28800 + cast(floor(34000 * chance(n, 10)) as integer) as sec
    from together
),
timed as (
    select *, enddate + to_seconds(sec) as at1,
        least(enddate + to_seconds(sec) + to_seconds(600 + cast(floor(1500000 * chance(n, 34)) as integer)), timestamp '$end' - interval 2 hour) as at2
    from marked
)
select * exclude (sec, at1, at2),
    [case when interim then begndate + cast((enddate - begndate) // 2 as integer) + to_seconds(61200) else at1 end, at1, at2, at2 + interval 10 minute] as times,
    row_number() over (order by n) // $chunk as chunk
from timed
