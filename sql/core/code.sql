-- Every code that was charged or coded, numbered: comparing numbers costs a part of comparing codes.
-- grain: one code in use (an item with its catalogue code, a diagnosis, an operation)
-- inputs: cur.fee_list_d, cur.setl_list_diag_d, cur.setl_list_oprn_d
-- parameters: none
-- limits: numbers follow the order of kind, code and hilist_code, so the least number of a kind is the least code;
--   they hold until core is made anew
with used as (
    select
        'item' as kind,
        med_list_codg as code,
        coalesce(hilist_code, '') as hilist_code
    from cur.fee_list_d
    where med_list_codg is not null
    group by med_list_codg, coalesce(hilist_code, '')
    union all
    select
        'diagnosis' as kind,
        diag_code as code,
        '' as hilist_code
    from cur.setl_list_diag_d
    where diag_code is not null
    group by diag_code
    union all
    select
        'operation' as kind,
        oprn_oprt_code as code,
        '' as hilist_code
    from cur.setl_list_oprn_d
    where oprn_oprt_code is not null
    group by oprn_oprt_code
)

select
    kind,
    code,
    hilist_code,
    cast(row_number() over (order by kind, code, hilist_code) as integer) as code_no
from used
