-- The strata of second review in some quarters, with what was drawn from them.
-- grain: month, stratum
-- inputs: score.review_stratum
-- parameters: periods (list)
-- known limits: none
select
    month,
    stratum,
    population,
    units,
    fen,
    last_lot
from score.review_stratum
where period in (select unnest($periods))
order by month, stratum
