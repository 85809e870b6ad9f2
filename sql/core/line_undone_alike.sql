-- What undoing lines without a named original take from the lines of the settlement with the same item and price.
-- grain: bkkp_sn of the original line
-- inputs: core.line_refund, core.link (chains resolved), core.line_undone_named, cur.fee_list_d
-- parameters: none
-- limits: lines of the same moment first, then the latest; what finds no line stays in the settlement's net alone
with unnamed as (
    select
        r.setl_id, r.med_list_codg, r.pric, r.fee_ocur_time, r.cnt, r.det_item_fee_sumamt,
        r.inscp_scp_amt, r.overlmt_amt, r.fulamt_ownpay_amt, r.preselfpay_amt
    from core.line_refund as r
    left join core.link as c on r.bkkp_sn = c.child and c.arrived
    where c.child is null and r.setl_id is not null and r.det_item_fee_sumamt > 0
),

at_moment as (
    select setl_id, med_list_codg, pric, fee_ocur_time, cast(sum(det_item_fee_sumamt) as decimal(18, 2)) as undone
    from unnamed
    group by setl_id, med_list_codg, pric, fee_ocur_time
),

in_all as (
    select
        setl_id, med_list_codg, pric,
        cast(sum(det_item_fee_sumamt) as decimal(18, 2)) as undone,
        cast(sum(det_item_fee_sumamt) * 100 as hugeint) as undone_fen,
        cast(sum(cnt) * 10000 as hugeint) as undone_cnt,
        cast(sum(inscp_scp_amt) * 100 as hugeint) as undone_inscp_scp_amt,
        cast(sum(overlmt_amt) * 100 as hugeint) as undone_overlmt_amt,
        cast(sum(fulamt_ownpay_amt) * 100 as hugeint) as undone_fulamt_ownpay_amt,
        cast(sum(preselfpay_amt) * 100 as hugeint) as undone_preselfpay_amt
    from unnamed
    group by setl_id, med_list_codg, pric
),

open_lines as (
    select
        l.bkkp_sn, l.setl_id, l.med_list_codg, l.pric, l.fee_ocur_time,
        cast(greatest(l.det_item_fee_sumamt - coalesce(u.det_item_fee_sumamt, 0), 0) as decimal(18, 2)) as free
    from cur.fee_list_d as l
    inner join in_all as a on l.setl_id = a.setl_id and l.med_list_codg = a.med_list_codg and l.pric = a.pric
    left join core.line_refund as r on l.bkkp_sn = r.bkkp_sn
    left join core.line_undone_named as u on l.bkkp_sn = u.bkkp_sn
    where r.bkkp_sn is null
),

lined_up as (
    select
        *,
        coalesce(
            sum(free) over (
                partition by setl_id, med_list_codg, pric, fee_ocur_time
                order by bkkp_sn
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as free_before
    from open_lines
),

first_round as (
    select
        l.bkkp_sn, l.setl_id, l.med_list_codg, l.pric, l.fee_ocur_time, l.free,
        cast(greatest(least(l.free, coalesce(m.undone, 0) - l.free_before), 0) as decimal(18, 2)) as taken
    from lined_up as l
    left join at_moment as m
        on
            l.setl_id = m.setl_id and l.med_list_codg = m.med_list_codg and l.pric = m.pric
            and l.fee_ocur_time = m.fee_ocur_time
),

still_free as (
    select
        *,
        sum(taken) over (partition by setl_id, med_list_codg, pric) as taken_in_all,
        coalesce(
            sum(free - taken) over (
                partition by setl_id, med_list_codg, pric
                order by fee_ocur_time desc, bkkp_sn desc
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as free_before
    from first_round
),

second_round as (
    select
        f.bkkp_sn, f.setl_id, f.med_list_codg, f.pric,
        cast(
            f.taken + greatest(least(f.free - f.taken, a.undone - f.taken_in_all - f.free_before), 0) as decimal(18, 2)
        ) as taken
    from still_free as f
    inner join in_all as a on f.setl_id = a.setl_id and f.med_list_codg = a.med_list_codg and f.pric = a.pric
),

in_fen as (
    select
        s.bkkp_sn, s.taken, cast(s.taken * 100 as hugeint) as taken_fen, a.undone_fen, a.undone_cnt,
        a.undone_inscp_scp_amt, a.undone_overlmt_amt, a.undone_fulamt_ownpay_amt, a.undone_preselfpay_amt
    from second_round as s
    inner join in_all as a on s.setl_id = a.setl_id and s.med_list_codg = a.med_list_codg and s.pric = a.pric
    where s.taken > 0
)

select
    bkkp_sn,
    cast(
        cast((2 * undone_cnt * taken_fen + undone_fen) // (2 * undone_fen) as decimal(20, 0)) * 0.0001 as decimal(18, 4)
    ) as cnt,
    taken as det_item_fee_sumamt,
    cast(
        cast((2 * undone_inscp_scp_amt * taken_fen + undone_fen) // (2 * undone_fen) as decimal(20, 0)) * 0.01
        as decimal(18, 2)
    ) as inscp_scp_amt,
    cast(
        cast((2 * undone_overlmt_amt * taken_fen + undone_fen) // (2 * undone_fen) as decimal(20, 0)) * 0.01
        as decimal(18, 2)
    ) as overlmt_amt,
    cast(
        cast((2 * undone_fulamt_ownpay_amt * taken_fen + undone_fen) // (2 * undone_fen) as decimal(20, 0)) * 0.01
        as decimal(18, 2)
    ) as fulamt_ownpay_amt,
    cast(
        cast((2 * undone_preselfpay_amt * taken_fen + undone_fen) // (2 * undone_fen) as decimal(20, 0)) * 0.01
        as decimal(18, 2)
    ) as preselfpay_amt
from in_fen
