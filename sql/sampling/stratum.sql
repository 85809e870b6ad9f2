-- The strata of a draw: how many passed, how many were drawn, what was paid.
-- grain: month, stratum
-- inputs: score.review_placed, score.review_line
-- parameters: none
-- limits: last_lot is the largest lot drawn: whatever passed in the stratum with a lot up to it was drawn
select
    p.month, p.stratum, min(p.kind) as kind,
    count(*) as population,
    cast(sum(case when p.place <= p.take then 1 else 0 end) as bigint) as units,
    cast(sum(p.fen) as bigint) as fen,
    cast(sum(coalesce(l.lines, 1)) as bigint) as lines,
    max(case when p.place <= p.take then p.lot end) as last_lot
from score.review_placed as p
left join score.review_line as l on p.setl_id = l.setl_id
group by p.month, p.stratum
order by p.month, p.stratum
