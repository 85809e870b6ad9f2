-- Each payer's payment spread over the settlement's net in-scope lines, to the fen by largest remainder: lines sum to the settlement.
-- grain: setl_id, bkkp_sn, payer; share in fen
-- inputs: core.fee_line, money.reached, money.paid
-- parameters: none
-- limits: spread by inscp_scp_amt, or where none is positive by det_item_fee_sumamt; ties of remainders go to the smaller bkkp_sn;
--         a settlement without any positive line has no shares (case level only)
with lines as (
    select
        l.setl_id, l.bkkp_sn,
        cast(greatest(coalesce(l.inscp_scp_amt, 0), 0) * 100 as hugeint) as in_scope,
        cast(greatest(l.det_item_fee_sumamt, 0) * 100 as hugeint) as fee
    from core.fee_line as l
    inner join money.reached as c on l.setl_id = c.setl_id
    where l.state = 'settled' and not l.refunded
),

settlements as (
    select setl_id, cast(sum(in_scope) as hugeint) as in_scope, cast(sum(fee) as hugeint) as fee
    from lines
    group by setl_id
),

weighed as (
    select
        l.setl_id, l.bkkp_sn,
        case when s.in_scope > 0 then l.in_scope else l.fee end as weight,
        case when s.in_scope > 0 then s.in_scope else s.fee end as total
    from lines as l
    inner join settlements as s on l.setl_id = s.setl_id
    where s.in_scope > 0 or s.fee > 0
),

floors as (
    select
        w.setl_id, w.bkkp_sn, p.payer, p.is_fund, p.place, p.fen as paid,
        p.fen * w.weight // w.total as fen,
        p.fen * w.weight % w.total as remainder
    from weighed as w
    inner join money.paid as p on w.setl_id = p.setl_id
),

ranked as (
    select
        setl_id, bkkp_sn, payer, is_fund, place, fen,
        paid - sum(fen) over (partition by setl_id, payer) as left_over,
        row_number() over (partition by setl_id, payer order by remainder desc, bkkp_sn asc) as turn
    from floors
)

select
    setl_id, bkkp_sn, payer, is_fund, place,
    cast(fen + case when turn <= left_over then 1 else 0 end as hugeint) as share
from ranked
