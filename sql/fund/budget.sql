-- Budgets of funds and quotas of providers (总额控制指标).
-- grain: fixmedins_code (null: a fund), insutype (null: all insurances), year
-- inputs: cur.fund_budget_d, core.provider
-- parameters: $year
-- limits: none
select
    b.fixmedins_code, b.insutype, b.amount as budget_amount, p.fixmedins_name
from cur.fund_budget_d as b
left join core.provider as p on b.fixmedins_code = p.fixmedins_code
where b.year = $year
order by b.fixmedins_code nulls first, b.insutype nulls first
