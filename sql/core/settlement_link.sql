-- Where each refund points: a refund may point at a refund, which points at the original.
-- grain: child (setl_id of a refund that names an original which is there)
-- inputs: core.delivered
-- parameters: none
-- limits: a refund that points at itself points nowhere
select
    r.setl_id as child,
    o.setl_id as parent,
    not o.is_refund as arrived
from core.delivered as r
inner join core.delivered as o on r.init_setl_id = o.setl_id
where r.is_refund and r.setl_id <> o.setl_id
