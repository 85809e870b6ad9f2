-- Findings of each rule by quarter.
-- grain: rule_id, period
-- inputs: finding.finding
-- parameters: none
-- limits: rows that rules find, before money is netted
select
    rule_id, period,
    count(*) as hits,
    count(distinct fixmedins_code) as providers,
    cast(sum(gross_amount) as decimal(16, 2)) as gross_amount
from finding.finding
group by rule_id, period
order by rule_id, period
