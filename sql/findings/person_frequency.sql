-- Persons who reach a limit of visits or purchases a day, a month or a year, far above peers of the same age, sex and chronic status.
-- grain: one rule, person and quarter: the visit that first reaches a limit in the quarter, case level
-- inputs: finding.person_visit, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $kind (visit, purchase), $day_limit, $month_limit, $year_limit,
--   $peer_spreads (scaled median deviations above the peers' median), $peer_min_cases (persons, below it only the limits apply)
-- Visits of the windows that end in the periods asked for are counted, so cost follows those and the year before them, not all history.
-- Visits count in the order they were settled: one settled in a later quarter reaches a limit there, and adds to no earlier one.
-- known limits: month = calendar month, year = the 365 days up to the visit; all providers together; dialysis and visits by a fixed
--   schedule do not count; a course of daily treatment looks the same, and need is not known: gross_amount is what the fund paid for
--   the visits of the windows reached, a question and no loss (claim_kind none)
with asked as (
    select
        cast(date_trunc('month', min(visit_date)) - interval 364 day as date) as first_day,
        cast(date_trunc('month', max(visit_date)) + interval 1 month as date) as until
    from finding.person_visit
    where quarter between $period_from and $period_to
),

visit as (
    select
        mdtrt_id,
        psn_id,
        setl_id,
        fixmedins_code,
        setl_time,
        visit_date,
        paid,
        quarter as period,
        date_trunc('month', visit_date) as visit_month
    from finding.person_visit
    where
        kind = $kind
        and not is_dialysis
        and not is_scheduled
        and visit_date >= (select first_day from asked)
        and visit_date < (select until from asked)
),

-- whose windows are wanted, and in which months they end: most persons and months have no visit of the periods asked for
wanted as (
    select psn_id, visit_month
    from visit
    where period between $period_from and $period_to
    group by psn_id, visit_month
),

person as (
    select psn_id
    from wanted
    group by psn_id
),

-- by days: narrower and fewer than the visits
by_day as (
    select
        v.psn_id,
        v.visit_date,
        count(*) as visits
    from visit as v
    inner join person as p on v.psn_id = p.psn_id
    group by v.psn_id, v.visit_date
),

in_year as (
    select
        psn_id,
        visit_date,
        cast(sum(visits) over (
            partition by psn_id
            order by date_diff('day', date '2000-01-01', visit_date)
            range between 364 preceding and current row
        ) as bigint) as year_visits
    from by_day
),

-- visits of the year before that were settled only in a later quarter: that one they complete
settled_later as (
    select
        v.psn_id,
        v.visit_date,
        v.period,
        count(*) as visits
    from (
        select v.psn_id, v.visit_date, v.period
        from visit as v
        inner join wanted as w on v.psn_id = w.psn_id and v.visit_month = w.visit_month
        group by v.psn_id, v.visit_date, v.period
    ) as v
    inner join visit as b
        on
            v.psn_id = b.psn_id
            and v.period < b.period
            and v.visit_date >= b.visit_date
            and date_diff('day', b.visit_date, v.visit_date) <= 364
    where b.period > concat(cast(year(b.visit_date) as varchar), 'Q', cast(quarter(b.visit_date) as varchar))
    group by v.psn_id, v.visit_date, v.period
),

counted as (
    select
        v.*,
        y.year_visits - coalesce(r.visits, 0) as year_visits,
        count(*) over (
            partition by v.psn_id, v.visit_date
            order by v.setl_time, v.mdtrt_id
            rows between unbounded preceding and current row
        ) as day_place,
        count(*) over (
            partition by v.psn_id, v.visit_month
            order by v.setl_time, v.mdtrt_id
            rows between unbounded preceding and current row
        ) as month_place
    from visit as v
    inner join wanted as w on v.psn_id = w.psn_id and v.visit_month = w.visit_month
    inner join in_year as y on v.psn_id = y.psn_id and v.visit_date = y.visit_date
    left join settled_later as r on v.psn_id = r.psn_id and v.visit_date = r.visit_date and v.period = r.period
),

status as (
    select
        v.psn_id,
        concat(
            case
                when max(v.age) is null then '年龄不详'
                when max(v.age) < 18 then '0-17岁'
                when max(v.age) < 40 then '18-39岁'
                when max(v.age) < 60 then '40-59岁'
                when max(v.age) < 75 then '60-74岁'
                else '75岁及以上'
            end,
            case when max(v.gend) = '1' then '男性' when max(v.gend) = '2' then '女性' else '性别不详' end,
            case
                when bool_or(v.is_dialysis) then '透析'
                when bool_or(v.is_chronic) then '慢特病'
                else '无慢特病'
            end
        ) as peers
    from finding.person_visit as v
    inner join person as p on v.psn_id = p.psn_id
    group by v.psn_id
),

most as (
    select
        c.psn_id,
        c.period,
        s.peers,
        max(c.day_place) as day_visits,
        max(c.month_place) as month_visits,
        max(c.year_visits) as year_visits
    from counted as c
    inner join status as s on c.psn_id = s.psn_id
    where c.period between $period_from and $period_to
    group by c.psn_id, c.period, s.peers
),

middle as (
    select
        peers,
        period,
        count(*) as persons,
        case when count(*) >= $peer_min_cases then 1 else 0 end as enough,
        median(day_visits) as day_middle,
        median(month_visits) as month_middle,
        median(year_visits) as year_middle
    from most
    group by peers, period
),

spread as (
    select
        m.peers,
        m.period,
        median(abs(m.day_visits - k.day_middle)) as day_spread,
        median(abs(m.month_visits - k.month_middle)) as month_spread,
        median(abs(m.year_visits - k.year_middle)) as year_spread
    from most as m
    inner join middle as k on m.peers = k.peers and m.period = k.period
    group by m.peers, m.period
),

limits as (
    select
        k.peers,
        k.period,
        k.persons,
        k.day_middle,
        k.month_middle,
        k.year_middle,
        greatest(
            $day_limit,
            k.enough * cast(ceil(k.day_middle + $peer_spreads * 1.4826 * greatest(s.day_spread, 0.3)) as integer)
        ) as day_limit,
        greatest(
            $month_limit,
            k.enough * cast(ceil(k.month_middle + $peer_spreads * 1.4826 * greatest(s.month_spread, 1)) as integer)
        ) as month_limit,
        greatest(
            $year_limit,
            k.enough * cast(ceil(k.year_middle + $peer_spreads * 1.4826 * greatest(s.year_spread, 1)) as integer)
        ) as year_limit
    from middle as k
    inner join spread as s on k.peers = s.peers and k.period = s.period
),

reached as (
    select
        c.*,
        s.peers,
        l.persons,
        l.day_middle,
        l.month_middle,
        l.year_middle,
        l.day_limit,
        l.month_limit,
        l.year_limit,
        row_number() over (partition by c.psn_id, c.period order by c.setl_time, c.setl_id) as place
    from counted as c
    inner join status as s on c.psn_id = s.psn_id
    inner join limits as l on s.peers = l.peers and c.period = l.period
    where
        c.period between $period_from and $period_to
        and (c.day_place >= l.day_limit or c.month_place >= l.month_limit or c.year_visits >= l.year_limit)
),

windows as (
    select distinct psn_id, period, 'day' as span, visit_date as first_day, visit_date as last_day
    from reached
    where day_place >= day_limit
    union all
    select distinct
        psn_id, period, 'month' as span, cast(visit_month as date) as first_day,
        cast(visit_month + interval 1 month - interval 1 day as date) as last_day
    from reached
    where month_place >= month_limit
    union all
    select
        psn_id, period, 'year' as span, cast(max(visit_date) - interval 364 day as date) as first_day, max(visit_date) as last_day
    from reached
    where year_visits >= year_limit
    group by psn_id, period
),

inside as (
    select
        w.psn_id,
        w.period,
        w.span,
        w.first_day,
        w.last_day,
        c.mdtrt_id,
        c.fixmedins_code,
        c.paid,
        row_number() over (partition by w.psn_id, w.period, c.mdtrt_id order by w.span, w.first_day) as place
    from windows as w
    inner join visit as c on w.psn_id = c.psn_id and c.visit_date between w.first_day and w.last_day and w.period >= c.period
),

summed as (
    select
        psn_id,
        period,
        span,
        first_day,
        last_day,
        count(*) as visits,
        count(distinct fixmedins_code) as providers
    from inside
    group by psn_id, period, span, first_day, last_day
),

listed as (
    select
        psn_id,
        period,
        list_sort(array_agg({
            'first_day': cast(first_day as varchar),
            'last_day': cast(last_day as varchar),
            'providers': providers,
            'span': span,
            'visits': visits
        })) as windows,
        max(case when span = 'day' then visits end) as day_visits,
        max(case when span = 'month' then visits end) as month_visits,
        max(case when span = 'year' then visits end) as year_visits
    from summed
    group by psn_id, period
),

money as (
    select
        psn_id,
        period,
        count(distinct fixmedins_code) as providers,
        cast(sum(case when place = 1 then paid else 0 end) as decimal(18, 2)) as paid
    from inside
    group by psn_id, period
)

select
    u.rule_id,
    r.period,
    r.fixmedins_code,
    r.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(coalesce(l.month_visits, l.day_visits, l.year_visits) as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(
        case
            when l.month_visits is not null then r.month_limit
            when l.day_visits is not null then r.day_limit
            else r.year_limit
        end - 1 as decimal(18, 4)
    ) as allowed,
    cast(
        case
            when l.month_visits is not null then l.month_visits - r.month_limit
            when l.day_visits is not null then l.day_visits - r.day_limit
            else l.year_visits - r.year_limit
        end + 1 as decimal(18, 4)
    ) as excess,
    m.paid as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'fund payments of the visits in the windows, not a loss',
        'kind': $kind,
        'limits': {
            'day': r.day_limit,
            'month': r.month_limit,
            'year': r.year_limit
        },
        'peer_medians': {
            'day': r.day_middle,
            'month': r.month_middle,
            'year': r.year_middle
        },
        'peer_persons': r.persons,
        'peers': r.peers,
        'providers': m.providers,
        'windows': l.windows
    }) as evidence,
    concat(
        case $kind when 'purchase' then '同一人购药' else '同一人门诊' end,
        case when l.day_visits is null then '' else concat('单日最多', cast(l.day_visits as varchar), '次，') end,
        case when l.month_visits is null then '' else concat('单月最多', cast(l.month_visits as varchar), '次，') end,
        case when l.year_visits is null then '' else concat('365日内', cast(l.year_visits as varchar), '次，') end,
        '涉及', cast(m.providers as varchar), '家机构（透析与固定排期的就诊不计），达到提示线且明显高于同年龄段、同性别、同慢病状况者，与“',
        u.rule_name, '”的情形相符，需结合病情核实'
    ) as reason,
    cast(null as varchar) as basis_id
from reached as r
inner join listed as l on r.psn_id = l.psn_id and r.period = l.period
inner join money as m on r.psn_id = m.psn_id and r.period = m.period
cross join finding.rule as u
where r.place = 1 and list_contains($rule_ids, u.rule_id)
