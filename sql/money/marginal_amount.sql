-- Amounts of candidates, by what the fund would have paid without them where that is known.
-- grain: candidate_id, setl_id, bkkp_sn, payer; fen
-- inputs: money.payer_amount, money.marginal
-- parameters: none
-- limits: a line's amount can be more than its average share; the ceiling is then what the payer paid
select
    a.candidate_id, a.setl_id, a.bkkp_sn, a.turn, a.held, a.payer,
    cast(coalesce(m.ceiling, a.share) as hugeint) as share,
    cast(coalesce(m.amount, a.amount) as hugeint) as amount
from money.payer_amount as a
left join money.marginal as m
    on
        a.candidate_id = m.candidate_id
        and a.setl_id = m.setl_id
        and coalesce(a.bkkp_sn, '') = coalesce(m.bkkp_sn, '')
        and a.payer = m.payer
