-- Where each undoing line points by init_feedetl_sn.
-- grain: child (bkkp_sn of an undoing line whose named line is there)
-- inputs: core.line_refund, cur.fee_list_d
-- parameters: none
-- limits: none
select
    r.bkkp_sn as child,
    o.bkkp_sn as parent,
    u.bkkp_sn is null as arrived
from core.line_refund as r
inner join cur.fee_list_d as o on r.init_feedetl_sn = o.bkkp_sn
left join core.line_refund as u on o.bkkp_sn = u.bkkp_sn
