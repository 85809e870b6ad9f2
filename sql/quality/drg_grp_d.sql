-- grain: one row a grouped case of the period: by its settlement's time, without one by its delivery's month; one flag a check
-- inputs: cur.drg_grp_d, cur.drg_std, temp.work_settlement, temp.work_file
-- parameters: $start_on, $before
-- known limits: weights are compared with any entry of the same group and version, whatever its validity
with header as (
    select setl_id, max(fixmedins_code) as fixmedins_code, max(setl_time) as setl_time
    from temp.work_settlement
    group by setl_id
),

standard as (
    select grp_type, grp_ver, grp_code, min(wt) as lowest_wt, max(wt) as highest_wt
    from cur.drg_std
    group by grp_type, grp_ver, grp_code
),

has_standard as (
    select count(*) > 0 as yes from standard
),

placed as (
    select
        g.setl_id, g.wt, g.pay_std, h.setl_id is not null as settled, h.fixmedins_code, s.grp_code is not null as standard_known,
        s.lowest_wt, s.highest_wt,
        cast(coalesce(h.setl_time, f.month_start) as date) as placed_on
    from cur.drg_grp_d as g
    left join header as h on g.setl_id = h.setl_id
    left join standard as s on g.grp_type = s.grp_type and g.grp_ver = s.grp_ver and g.grp_code = s.grp_code
    left join temp.work_file as f on g.file_id = f.file_id
)

select
    p.fixmedins_code,
    p.setl_id as example,
    case when p.settled then 0 else 1 end as group_settlement_known,
    case when t.yes then case when p.standard_known then 0 else 1 end end as group_known,
    case when p.standard_known and p.wt is not null then case when p.wt < p.lowest_wt or p.wt > p.highest_wt then 1 else 0 end end
        as group_weight_same,
    case when p.pay_std is null or p.pay_std < 0 then 1 else 0 end as group_standard_filled
from placed as p
cross join has_standard as t
where p.placed_on is null or (p.placed_on >= $start_on and p.placed_on < $before)
