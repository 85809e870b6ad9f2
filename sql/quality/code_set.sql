-- grain: one row a provider and check: values of a coded column that the bureau's own dictionary does not hold
-- inputs: cur.nat_data_dic_a, cur.setl_d, cur.fee_list_d, temp.work_settlement
-- parameters: $start_on, $before
-- known limits: a column whose type the dictionary lacks gives no row; a settled line counts with its settlement's provider
with dictionary as (
    select upper(dic_type_code) as dic_type, nat_dic_val_code as code
    from cur.nat_data_dic_a
    where coalesce(vali_flag, '1') = '1'
    group by upper(dic_type_code), nat_dic_val_code
),

known_type as (
    select dic_type
    from dictionary
    group by dic_type
),

header as (
    select setl_id, max(fixmedins_code) as fixmedins_code, max(setl_time) as setl_time
    from temp.work_settlement
    group by setl_id
),

settlement as (
    select
        fixmedins_code, med_type, insutype, gend, hosp_lv, psn_type, setl_type, pay_loc, hi_paymtd, dscg_way,
        cast(count(*) as bigint) as n, min(setl_id) as lowest, max(setl_id) as highest
    from cur.setl_d
    where setl_time >= $start_on and setl_time < $before
    group by fixmedins_code, med_type, insutype, gend, hosp_lv, psn_type, setl_type, pay_loc, hi_paymtd, dscg_way
),

line as (
    select
        h.fixmedins_code, l.med_chrgitm_type, l.chrgitm_lv, l.list_type,
        cast(count(*) as bigint) as n, min(l.bkkp_sn) as lowest, max(l.bkkp_sn) as highest
    from cur.fee_list_d as l
    inner join header as h on l.setl_id = h.setl_id
    where h.setl_time >= $start_on and h.setl_time < $before
    group by h.fixmedins_code, l.med_chrgitm_type, l.chrgitm_lv, l.list_type
),

tally as (
    select fixmedins_code, 'med_type' as field, med_type as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where med_type is not null
    group by fixmedins_code, med_type
    union all
    select fixmedins_code, 'insutype' as field, insutype as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where insutype is not null
    group by fixmedins_code, insutype
    union all
    select fixmedins_code, 'gend' as field, gend as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where gend is not null
    group by fixmedins_code, gend
    union all
    select fixmedins_code, 'hosp_lv' as field, hosp_lv as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where hosp_lv is not null
    group by fixmedins_code, hosp_lv
    union all
    select fixmedins_code, 'psn_type' as field, psn_type as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where psn_type is not null
    group by fixmedins_code, psn_type
    union all
    select fixmedins_code, 'setl_type' as field, setl_type as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where setl_type is not null
    group by fixmedins_code, setl_type
    union all
    select fixmedins_code, 'pay_loc' as field, pay_loc as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where pay_loc is not null
    group by fixmedins_code, pay_loc
    union all
    select fixmedins_code, 'hi_paymtd' as field, hi_paymtd as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where hi_paymtd is not null
    group by fixmedins_code, hi_paymtd
    union all
    select fixmedins_code, 'dscg_way' as field, dscg_way as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from settlement
    where dscg_way is not null
    group by fixmedins_code, dscg_way
    union all
    select
        fixmedins_code, 'med_chrgitm_type' as field, med_chrgitm_type as code,
        sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from line
    where med_chrgitm_type is not null
    group by fixmedins_code, med_chrgitm_type
    union all
    select fixmedins_code, 'chrgitm_lv' as field, chrgitm_lv as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from line
    where chrgitm_lv is not null
    group by fixmedins_code, chrgitm_lv
    union all
    select fixmedins_code, 'list_type' as field, list_type as code, sum(n) as n, min(lowest) as lowest, max(highest) as highest
    from line
    where list_type is not null
    group by fixmedins_code, list_type
),

judged as (
    select t.fixmedins_code, t.field, t.n, t.lowest, t.highest, case when d.code is null then 1 else 0 end as unknown_code
    from tally as t
    inner join known_type as k on upper(t.field) = k.dic_type
    left join dictionary as d on upper(t.field) = d.dic_type and t.code = d.code
)

select
    fixmedins_code,
    'code_' || field as check_id,
    cast(sum(n) as bigint) as checked,
    cast(sum(n * unknown_code) as bigint) as violations,
    min(case when unknown_code = 1 then lowest end) as lowest,
    max(case when unknown_code = 1 then highest end) as highest
from judged
group by fixmedins_code, field
