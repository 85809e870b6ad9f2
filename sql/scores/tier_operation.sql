-- grain: one grouped case with operations on its settlement list: how many
-- inputs: score.tier_case, core.operation
-- parameters: none
-- known limits: operations of earlier interim settlements of the stay are on the last list by the rules of the list
select
    o.setl_id,
    count(*) as operations
from core.operation as o
inner join score.tier_case as t on o.setl_id = t.setl_id
group by o.setl_id
