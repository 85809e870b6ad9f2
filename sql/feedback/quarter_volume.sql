-- Settlements by quarter: the denominator of hit rates.
-- grain: period
-- inputs: core.settlement
-- parameters: none
-- limits: none
select quarter as period, count(*) as settlements
from core.settlement
group by quarter
order by quarter
