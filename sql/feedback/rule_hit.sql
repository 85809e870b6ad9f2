-- Findings of each rule by quarter and provider.
-- grain: rule_id, period, fixmedins_code
-- inputs: finding.finding
-- parameters: none
-- limits: rows that rules find, before money is netted
select
    rule_id, period, fixmedins_code,
    count(*) as hits,
    cast(coalesce(sum(gross_amount), 0) as decimal(16, 2)) as gross_amount
from finding.finding
group by rule_id, period, fixmedins_code
order by rule_id, period, fixmedins_code
