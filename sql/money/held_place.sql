-- Issued money out of this period's reach, by line (or at case level).
-- grain: setl_id, place (bkkp_sn, '' at case level), payer; fen
-- inputs: money.hold
-- parameters: none
-- limits: none
select setl_id, coalesce(bkkp_sn, '') as place, payer, cast(sum(fen) as hugeint) as fen
from money.hold
group by setl_id, coalesce(bkkp_sn, ''), payer
