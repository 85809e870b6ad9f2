-- The frame of the draw: what passed, in its stratum, in the order of its lot.
-- grain: setl_id of settlements that passed
-- inputs: score.review_frame, score.review_boundary, score.review_cell
-- parameters: none
-- limits: equal lots (one settlement id twice) do not occur: setl_id is a key
select
    f.setl_id, f.mdtrt_id, f.fixmedins_code, f.month, f.kind, f.fen, f.lot, c.stratum, c.take,
    row_number() over (partition by f.month, c.stratum order by f.lot asc, f.setl_id asc) as place,
    count(*) over (partition by f.month, c.stratum) as population
from score.review_frame as f
inner join score.review_boundary as b
    on f.month = b.month and f.kind = b.kind and f.fen >= b.low and (b.high is null or f.fen < b.high)
inner join score.review_cell as c
    on f.month = c.month and f.kind = c.kind and f.fixmedins_code = c.fixmedins_code and b.class = c.class
where f.passed
