-- Every code that was charged or coded, numbered: comparing numbers costs a part of comparing codes.
-- grain: one code in use (an item with its catalogue code, a diagnosis, an operation)
-- inputs: core.fee_line, core.diagnosis, core.operation
-- parameters: none
-- known limits: numbers follow the order of kind, code and hilist_code, so the least number of a kind is the least code;
--   they hold until core is made anew
with used as (
    select
        'item' as kind,
        item_code as code,
        coalesce(hilist_code, '') as hilist_code
    from core.fee_line
    where state = 'settled'
    group by item_code, coalesce(hilist_code, '')
    union all
    select
        'diagnosis' as kind,
        diag_code as code,
        '' as hilist_code
    from core.diagnosis
    group by diag_code
    union all
    select
        'operation' as kind,
        oprn_oprt_code as code,
        '' as hilist_code
    from core.operation
    group by oprn_oprt_code
)

select
    kind,
    code,
    hilist_code,
    cast(row_number() over (order by kind, code, hilist_code) as integer) as code_no
from used
