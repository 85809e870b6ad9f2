-- The largest stock of a drug that a person can have had: days of supply in hand if one day's supply is used a day.
-- grain: person and substance whose stock reaches the limit at some purchase: the purchase with the largest stock
-- inputs: score.person_supply
-- parameters: $hoarding_days
-- known limits: stock = cumulated supply less days elapsed since the drug last ran out, nothing in hand before the window; a doctor may
--   prescribe more than a pack's usual dose, so rate (supply over days elapsed, at least 30; or over the 120 days before the
--   purchase, where use was usual for long and then rose) stands beside it
with running as (
    select
        psn_id,
        substance,
        service_date,
        packs,
        days,
        sum(days) over (
            partition by psn_id, substance order by service_date rows between unbounded preceding and current row
        ) - date_diff('day', min(service_date) over (partition by psn_id, substance), service_date) as balance,
        sum(days) over (
            partition by psn_id, substance
            order by date_diff('day', date '2000-01-01', service_date)
            range between 120 preceding and 1 preceding
        ) as recent_days
    from score.person_supply
),

lowest as (
    select
        psn_id,
        substance,
        service_date,
        packs,
        balance,
        recent_days,
        min(balance - days) over (
            partition by psn_id, substance order by service_date rows between unbounded preceding and current row
        ) as low,
        balance - days as before_balance
    from running
),

stocked as (
    select
        psn_id,
        substance,
        service_date,
        packs,
        recent_days,
        balance - low as stock,
        max(case when before_balance = low then service_date end) over (
            partition by psn_id, substance order by service_date rows between unbounded preceding and current row
        ) as first_day
    from lowest
),

peak as (
    select
        psn_id,
        substance,
        service_date as last_day,
        first_day,
        stock,
        recent_days,
        row_number() over (partition by psn_id, substance order by stock desc, service_date asc) as place
    from stocked
    where stock >= $hoarding_days
)

select
    p.psn_id,
    p.substance,
    p.first_day,
    p.last_day,
    cast(p.stock as decimal(18, 4)) as stock,
    date_diff('day', p.first_day, p.last_day) as elapsed,
    cast(sum(s.packs) as decimal(18, 4)) as packs,
    count(*) as purchases,
    cast(
        greatest(
            (p.stock + date_diff('day', p.first_day, p.last_day)) / greatest(date_diff('day', p.first_day, p.last_day), 30),
            coalesce(p.recent_days, 0) / 120
        ) as decimal(18, 4)
    ) as rate
from peak as p
inner join score.person_supply as s
    on p.psn_id = s.psn_id and p.substance = s.substance and s.service_date between p.first_day and p.last_day
where p.place = 1
group by p.psn_id, p.substance, p.first_day, p.last_day, p.stock, p.recent_days
