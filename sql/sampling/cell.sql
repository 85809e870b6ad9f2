-- How many settlements each provider has in each amount class of a month.
-- grain: month, kind, fixmedins_code, amount class
-- inputs: score.review_frame, score.review_boundary
-- parameters: none
-- limits: settlements with a finding count too, so that the cells are the same before the rules have run and after
select
    f.month, f.kind, f.fixmedins_code, f.level, b.class,
    count(*) as units
from score.review_frame as f
inner join score.review_boundary as b
    on f.month = b.month and f.kind = b.kind and f.fen >= b.low and (b.high is null or f.fen < b.high)
group by f.month, f.kind, f.fixmedins_code, f.level, b.class
order by f.month, f.kind, f.fixmedins_code, b.class
