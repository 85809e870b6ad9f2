-- grain: one row a final inpatient settlement of the period; completeness of its settlement list (rules 35 to 38 of the 2025 catalogue)
-- inputs: temp.work_settlement, cur.setl_list_diag_d, cur.setl_list_oprn_d, cur.drg_grp_d
-- parameters: $start_on, $before
-- known limits: interim settlements and refunds have no settlement list of their own and are left out
with stay as (
    select setl_id, fixmedins_code, hi_paymtd, dscg_way, chfpdr_code
    from temp.work_settlement
    where setl_time >= $start_on and setl_time < $before and is_inpatient and not is_refund and not is_interim
),

diagnoses as (
    select
        d.setl_id,
        sum(case when d.maindiag_flag = '1' and coalesce(d.diag_type, '1') in ('1', '01') then 1 else 0 end) as western_main,
        sum(case when d.maindiag_flag = '1' then 1 else 0 end) as main
    from cur.setl_list_diag_d as d
    inner join stay as s on d.setl_id = s.setl_id
    group by d.setl_id
),

operations as (
    select o.setl_id, sum(case when o.main_oprn_flag = '1' then 1 else 0 end) as main, count(o.main_oprn_flag) as marked
    from cur.setl_list_oprn_d as o
    inner join stay as s on o.setl_id = s.setl_id
    group by o.setl_id
),

grouped as (
    select g.setl_id
    from cur.drg_grp_d as g
    inner join stay as s on g.setl_id = s.setl_id
    group by g.setl_id
),

delivered as (
    select
        (select count(*) from diagnoses) > 0 as has_diagnoses,
        (select count(*) from grouped) > 0 as has_groups,
        (select count(dscg_way) from stay) > 0 as has_way,
        (select count(chfpdr_code) from stay) > 0 as has_doctor,
        (select count(hi_paymtd) from stay) > 0 as has_method
)

select
    s.fixmedins_code,
    s.setl_id as example,
    case when v.has_diagnoses then case when coalesce(d.main, 0) = 0 then 1 else 0 end end as list_main_diagnosis,
    case when d.setl_id is not null then case when d.western_main > 1 then 1 else 0 end end as list_one_main_diagnosis,
    case when o.marked > 0 then case when o.main = 1 then 0 else 1 end end as list_one_main_operation,
    case when v.has_way then case when s.dscg_way is null then 1 else 0 end end as list_way_filled,
    case when v.has_doctor then case when s.chfpdr_code is null then 1 else 0 end end as list_doctor_filled,
    case
        when v.has_groups and (s.hi_paymtd in ('3', '4') or not v.has_method)
            then case when g.setl_id is null then 1 else 0 end
    end as list_grouped
from stay as s
left join diagnoses as d on s.setl_id = d.setl_id
left join operations as o on s.setl_id = o.setl_id
left join grouped as g on s.setl_id = g.setl_id
cross join delivered as v
