-- grain: one row a diagnosis of the period: by its settlement's time, without one by its delivery's month; one flag a check
-- inputs: cur.setl_list_diag_d, temp.work_settlement, temp.work_file
-- parameters: $start_on, $before
-- known limits: the pattern is that of the national ICD-10 edition; Chinese-medicine diagnoses are not tested;
--   a row without settlement from a folder that is no month counts in every period
with header as (
    select setl_id, max(fixmedins_code) as fixmedins_code, max(setl_time) as setl_time
    from temp.work_settlement
    group by setl_id
),

placed as (
    select
        d.setl_id, d.diag_code, d.diag_type, h.setl_id is not null as settled, h.fixmedins_code,
        coalesce(d.diag_type, '1') in ('1', '01') as western,
        cast(coalesce(h.setl_time, f.month_start) as date) as placed_on
    from cur.setl_list_diag_d as d
    left join header as h on d.setl_id = h.setl_id
    left join temp.work_file as f on d.file_id = f.file_id
),

keyed as (
    select setl_id, diag_code, diag_type, western, settled, fixmedins_code, count(*) as copies
    from placed
    where placed_on is null or (placed_on >= $start_on and placed_on < $before)
    group by setl_id, diag_code, diag_type, western, settled, fixmedins_code
)

select
    fixmedins_code,
    setl_id as example,
    case when settled then 0 else 1 end as diag_settlement_known,
    case when copies > 1 then 1 else 0 end as diag_key_unique,
    case
        when western
            then
                case
                    when
                        regexp_matches(
                            diag_code,
                            '^[A-Z][0-9][0-9][.][0-9x][0-9][0-9](x[0-9][0-9][0-9])?([+*][A-Z][0-9][0-9]([.][0-9x][0-9]?)?[*]?)?[*]?$'
                        )
                        then 0
                    else 1
                end
    end as diag_code_pattern
from keyed
