-- What undoing lines that name their original take from it; a column they leave empty follows the fee.
-- grain: bkkp_sn of the original line
-- inputs: core.line_refund, core.link (chains resolved), cur.fee_list_d
-- parameters: none
-- limits: unclipped: more may be undone than was charged
with pairs as (
    select
        o.bkkp_sn, r.cnt, r.det_item_fee_sumamt,
        cast(o.det_item_fee_sumamt * 100 as hugeint) as whole_fen,
        cast(r.det_item_fee_sumamt * 100 as hugeint) as undone_fen,
        r.inscp_scp_amt, cast(coalesce(o.inscp_scp_amt, 0) * 100 as hugeint) as whole_inscp_scp_amt,
        r.overlmt_amt, cast(coalesce(o.overlmt_amt, 0) * 100 as hugeint) as whole_overlmt_amt,
        r.fulamt_ownpay_amt, cast(coalesce(o.fulamt_ownpay_amt, 0) * 100 as hugeint) as whole_fulamt_ownpay_amt,
        r.preselfpay_amt, cast(coalesce(o.preselfpay_amt, 0) * 100 as hugeint) as whole_preselfpay_amt
    from core.link as c
    inner join core.line_refund as r on c.child = r.bkkp_sn
    inner join cur.fee_list_d as o on c.parent = o.bkkp_sn
    where c.arrived
)

select
    bkkp_sn,
    cast(sum(cnt) as decimal(18, 4)) as cnt,
    cast(sum(det_item_fee_sumamt) as decimal(18, 2)) as det_item_fee_sumamt,
    cast(
        sum(
            coalesce(
                inscp_scp_amt,
                case
                    when whole_fen > 0
                        then cast((2 * whole_inscp_scp_amt * undone_fen + whole_fen) // (2 * whole_fen) as decimal(20, 0)) * 0.01
                end,
                0
            )
        ) as decimal(18, 2)
    ) as inscp_scp_amt,
    cast(
        sum(
            coalesce(
                overlmt_amt,
                case
                    when whole_fen > 0
                        then cast((2 * whole_overlmt_amt * undone_fen + whole_fen) // (2 * whole_fen) as decimal(20, 0)) * 0.01
                end,
                0
            )
        ) as decimal(18, 2)
    ) as overlmt_amt,
    cast(
        sum(
            coalesce(
                fulamt_ownpay_amt,
                case
                    when whole_fen > 0
                        then cast((2 * whole_fulamt_ownpay_amt * undone_fen + whole_fen) // (2 * whole_fen) as decimal(20, 0)) * 0.01
                end,
                0
            )
        ) as decimal(18, 2)
    ) as fulamt_ownpay_amt,
    cast(
        sum(
            coalesce(
                preselfpay_amt,
                case
                    when whole_fen > 0
                        then cast((2 * whole_preselfpay_amt * undone_fen + whole_fen) // (2 * whole_fen) as decimal(20, 0)) * 0.01
                end,
                0
            )
        ) as decimal(18, 2)
    ) as preselfpay_amt
from pairs
group by bkkp_sn
