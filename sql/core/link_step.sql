-- One doubling of every chain: a child that has not arrived at an original jumps to where its parent points.
-- grain: child
-- inputs: core.link
-- parameters: none
-- limits: chains that end nowhere, and circles, never arrive; the caller stops when nothing changes
select
    a.child,
    coalesce(b.parent, a.parent) as parent,
    a.arrived or coalesce(b.arrived, false) as arrived
from core.link as a
left join core.link as b on not a.arrived and a.parent = b.child
