-- grain: one provider, quarter, charge class (as delivered) and kind of imaging (CT, MR, other)
-- inputs: core.fee_line
-- parameters: first_quarter, last_quarter (such as 2025Q1), imaging (list of charge classes), ct_codes, mr_codes (lists of code
--   prefixes of six characters), ct_names, mr_names, not_names (regular expressions on the upper-case item name)
-- known limits: all settled lines, inpatient and outpatient together; what is sold for cash is not in the data
with line as (
    select
        fixmedins_code,
        quarter,
        coalesce(med_chrgitm_type, '') as charge_class,
        det_item_fee_sumamt,
        case
            when not array_contains($imaging, substr(coalesce(med_chrgitm_type, ''), 1, 2)) then 'other'
            when array_contains($mr_codes, substr(item_code, 1, 6)) then 'MR'
            when array_contains($ct_codes, substr(item_code, 1, 6)) then 'CT'
            when regexp_matches(upper(coalesce(item_name, '')), $not_names) then 'other'
            when regexp_matches(upper(coalesce(item_name, '')), $mr_names) then 'MR'
            when regexp_matches(upper(coalesce(item_name, '')), $ct_names) then 'CT'
            else 'other'
        end as imaging
    from core.fee_line
    where state = 'settled' and quarter between $first_quarter and $last_quarter
)

select
    fixmedins_code,
    quarter,
    charge_class,
    imaging,
    cast(sum(det_item_fee_sumamt) as decimal(18, 2)) as amount
from line
group by fixmedins_code, quarter, charge_class, imaging
order by fixmedins_code, quarter, charge_class, imaging
