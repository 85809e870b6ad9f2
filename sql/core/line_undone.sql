-- What is undone of each fee line, by named and by like lines together.
-- grain: bkkp_sn of the original line
-- inputs: core.line_undone_named, core.line_undone_alike
-- parameters: none
-- limits: none
with both_ways as (
    select bkkp_sn, cnt, det_item_fee_sumamt, inscp_scp_amt, overlmt_amt, fulamt_ownpay_amt, preselfpay_amt
    from core.line_undone_named
    union all
    select bkkp_sn, cnt, det_item_fee_sumamt, inscp_scp_amt, overlmt_amt, fulamt_ownpay_amt, preselfpay_amt
    from core.line_undone_alike
)

select
    bkkp_sn,
    cast(sum(cnt) as decimal(18, 4)) as cnt,
    cast(sum(det_item_fee_sumamt) as decimal(18, 2)) as det_item_fee_sumamt,
    cast(sum(inscp_scp_amt) as decimal(18, 2)) as inscp_scp_amt,
    cast(sum(overlmt_amt) as decimal(18, 2)) as overlmt_amt,
    cast(sum(fulamt_ownpay_amt) as decimal(18, 2)) as fulamt_ownpay_amt,
    cast(sum(preselfpay_amt) as decimal(18, 2)) as preselfpay_amt
from both_ways
group by bkkp_sn
