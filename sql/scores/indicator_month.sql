-- grain: one row: the first month that any settlement is there for
-- inputs: core.settlement
-- parameters: none
-- known limits: none
select min(month) as first_month
from core.settlement
where source = 'setl_d'
