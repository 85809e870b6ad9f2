-- Money already back for single lines, split over the fund payers in proportion to the line's shares.
-- grain: setl_id, bkkp_sn, payer; fen
-- inputs: cur.recovered_d, money.line_share
-- parameters: none
-- limits: never more than the line's share; what exceeds it counts for the settlement (recovered_settlement); accounts are not
--         fund money
with back as (
    select bkkp_sn, cast(greatest(sum(fund_amount), 0) * 100 as hugeint) as fen
    from cur.recovered_d
    where bkkp_sn is not null
    group by bkkp_sn
),

shares as (
    select s.setl_id, s.bkkp_sn, s.payer, s.place, s.share, b.fen
    from money.line_share as s
    inner join back as b on s.bkkp_sn = b.bkkp_sn
    where s.is_fund and s.share > 0
),

totals as (
    select bkkp_sn, cast(sum(share) as hugeint) as total
    from shares
    group by bkkp_sn
),

floors as (
    select
        s.setl_id, s.bkkp_sn, s.payer, s.place, least(s.fen, t.total) as back,
        least(s.fen, t.total) * s.share // t.total as fen,
        least(s.fen, t.total) * s.share % t.total as remainder
    from shares as s
    inner join totals as t on s.bkkp_sn = t.bkkp_sn
),

ranked as (
    select
        *,
        back - sum(fen) over (partition by bkkp_sn) as left_over,
        row_number() over (partition by bkkp_sn order by remainder desc, place asc) as turn
    from floors
)

select setl_id, bkkp_sn, payer, cast(fen + case when turn <= left_over then 1 else 0 end as hugeint) as fen
from ranked
