-- How fast its users take a drug: days of supply bought for each day that passes, the last purchase left out; upper_rate is the median of
--   those who take no less than the median, about the upper quartile: how far doses differ.
-- grain: substance with enough lasting users
-- inputs: score.person_supply
-- parameters: $peer_min_cases (persons)
-- known limits: lasting users only (three purchases over sixty days and more); near one where the catalogue's days of a pack are right
with person as (
    select
        psn_id,
        substance,
        sum(days) as days,
        max(service_date) as last_day,
        min(service_date) as first_day
    from score.person_supply
    group by psn_id, substance
    having count(*) >= 3 and date_diff('day', min(service_date), max(service_date)) >= 60
),

used as (
    select
        p.psn_id,
        p.substance,
        (p.days - s.days) / date_diff('day', p.first_day, p.last_day) as rate
    from person as p
    inner join score.person_supply as s
        on p.psn_id = s.psn_id and p.substance = s.substance and p.last_day = s.service_date
),

middle as (
    select
        substance,
        count(*) as users,
        median(rate) as rate
    from used
    group by substance
    having count(*) >= $peer_min_cases
)

select
    m.substance,
    m.users,
    cast(m.rate as decimal(18, 4)) as rate,
    cast(median(u.rate) as decimal(18, 4)) as upper_rate
from middle as m
inner join used as u on m.substance = u.substance and m.rate <= u.rate
group by m.substance, m.users, m.rate
