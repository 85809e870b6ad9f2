-- What each candidate would claim of each payer alone: the payment times the violating part, rounded half-up to the fen.
-- grain: candidate_id, setl_id, bkkp_sn, payer; amounts in fen
-- inputs: money.candidate, money.line_share, money.paid
-- parameters: none
-- limits: share = what the payer paid of the line, or at case level of the settlement; what a decision upheld (kind fund) is fund money:
--         no account pays of it, and the fund payers' amounts add up to it to the fen
with base as (
    select
        c.candidate_id, c.setl_id, c.bkkp_sn, c.turn, c.held, c.part_num, c.part_den, s.payer, s.share
    from money.candidate as c
    inner join money.line_share as s on c.setl_id = s.setl_id and c.bkkp_sn = s.bkkp_sn
    where c.kind in ('line', 'item')
    union all
    select
        c.candidate_id, c.setl_id, c.bkkp_sn, c.turn, c.held, c.part_num, c.part_den, p.payer, p.fen as share
    from money.candidate as c
    inner join money.paid as p on c.setl_id = p.setl_id
    where c.kind = 'case'
),

upheld as (
    select
        c.candidate_id, c.setl_id, c.bkkp_sn, c.turn, c.held, c.part_num, c.part_den, p.payer, p.fen as share,
        cast(
            sum(p.fen) over (partition by c.candidate_id order by p.place rows between unbounded preceding and current row) as hugeint
        ) as upto
    from money.candidate as c
    inner join money.paid as p on c.setl_id = p.setl_id
    where c.kind = 'fund' and p.is_fund
)

select
    candidate_id, setl_id, bkkp_sn, turn, held, payer, share,
    cast((2 * share * part_num + part_den) // (2 * part_den) as hugeint) as amount
from base
where share > 0
union all
select
    candidate_id, setl_id, bkkp_sn, turn, held, payer, share,
    cast(upto * part_num // part_den - (upto - share) * part_num // part_den as hugeint) as amount
from upheld
