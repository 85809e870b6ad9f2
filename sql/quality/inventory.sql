-- grain: one row an inventory document of the period (purchase, sale, change, count); one flag a check
-- inputs: cur.purc_d, cur.sel_d, cur.inv_chg_d, cur.inv_count_d, cur.medins_info_b, temp.work_settlement
-- parameters: $start_on, $before
-- known limits: a sale may name a settlement of a month that is not loaded
with documents as (
    select doc_sn, fixmedins_code, cast(null as varchar) as setl_id
    from cur.purc_d
    where ocur_time >= $start_on and ocur_time < $before
    union all
    select doc_sn, fixmedins_code, setl_id
    from cur.sel_d
    where ocur_time >= $start_on and ocur_time < $before
    union all
    select doc_sn, fixmedins_code, cast(null as varchar) as setl_id
    from cur.inv_chg_d
    where ocur_time >= $start_on and ocur_time < $before
    union all
    select doc_sn, fixmedins_code, cast(null as varchar) as setl_id
    from cur.inv_count_d
    where ocur_time >= $start_on and ocur_time < $before
),

known as (
    select fixmedins_code
    from cur.medins_info_b
    group by fixmedins_code
),

has_known as (
    select count(*) > 0 as yes from known
),

settled as (
    select setl_id, max(fixmedins_code) as fixmedins_code
    from temp.work_settlement
    group by setl_id
)

select
    d.fixmedins_code,
    d.doc_sn as example,
    case when t.yes then case when k.fixmedins_code is null then 1 else 0 end end as inventory_provider_known,
    case when d.setl_id is not null then case when s.setl_id is null then 1 else 0 end end as sale_settlement_known,
    case when s.setl_id is not null then case when s.fixmedins_code = d.fixmedins_code then 0 else 1 end end as sale_same_provider
from documents as d
left join known as k on d.fixmedins_code = k.fixmedins_code
left join settled as s on d.setl_id = s.setl_id
cross join has_known as t
