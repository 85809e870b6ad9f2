-- Claims less extrapolated money already back: it is taken off later findings in its frame in the order of the settlements,
-- issued or not, so that what a list was issued with is what the next run finds.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.payer_claim, money.candidate, money.issued_first, core.settlement, cur.recovered_d
-- parameters: $period
-- limits: the frame of an extrapolation (recovered_d with source extrapolated, a provider and a quarter, no settlement) is the
--         provider's settlements of the quarter that the quarter's first issued list does not name; what was found before the
--         sample was drawn is not in it. A settlement's frame is that of its own quarter, whichever quarter's finding it is; findings of
--         several quarters are each netted by all that came back (they may claim too little, never twice). Accounts are not fund money
with back as (
    select fixmedins_code, period, cast(greatest(sum(fund_amount), 0) * 100 as hugeint) as fen
    from cur.recovered_d
    where source = 'extrapolated' and setl_id is null and bkkp_sn is null and fixmedins_code is not null
    group by fixmedins_code, period
),

frame as (
    select c.setl_id, c.turn, s.fixmedins_code, s.quarter, s.setl_time, b.fen as back
    from money.candidate as c
    inner join core.settlement as s on c.setl_id = s.setl_id
    inner join back as b on s.fixmedins_code = b.fixmedins_code and s.quarter = b.period
    left join money.issued_first as f on c.setl_id = f.setl_id and s.quarter = f.period
    left join money.issued_first as o on c.candidate_id = o.candidate_id and s.quarter = o.period
    where c.period = $period and f.setl_id is null and o.candidate_id is null
    group by c.setl_id, c.turn, s.fixmedins_code, s.quarter, s.setl_time, b.fen
),

claimed as (
    select
        p.setl_id, p.turn, p.payer, p.fen, f.back,
        sum(p.fen) over (
            partition by f.fixmedins_code, f.quarter
            order by f.setl_time asc, f.setl_id asc, f.turn asc, p.payer asc
            rows between unbounded preceding and current row
        ) as running
    from frame as f
    inner join money.payer_claim as p on f.setl_id = p.setl_id and f.turn = p.turn
    where p.payer not in ('acct', 'acct_mulaid')
)

select
    p.candidate_id, p.setl_id, p.turn, p.payer,
    cast(
        case
            when c.setl_id is null then p.fen
            else greatest(c.running - c.back, 0) - greatest(c.running - c.fen - c.back, 0)
        end as hugeint
    ) as fen
from money.payer_claim as p
left join claimed as c on p.setl_id = c.setl_id and p.turn = c.turn and p.payer = c.payer
