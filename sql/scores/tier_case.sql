-- grain: one finished DRG or DIP case (setl_id) with its family of groups, the place of its group in it, patient and price keys
-- inputs: score.cost_case, score.peer, core.settlement, core.stay
-- parameters: none
-- known limits: a DRG family is the first three characters, its tiers are the digits 1, 3 and 5 (codes of four characters; any
--   other digit is a family of one group); a DIP family is the main diagnosis that the code begins with, whatever sign follows
--   (else what stands before the colon), its variants go by weight;
--   days are counted from the first to the last day of the stay
with placed as (
    select
        c.setl_id,
        c.case_id,
        c.fixmedins_code,
        p.peer_group,
        c.grp_type,
        c.grp_ver,
        c.grp_code,
        case
            when c.grp_type = 'DIP'
                then coalesce(
                    nullif(regexp_extract(c.grp_code, '^[A-Z][0-9][0-9]([.][0-9x]+)?([+][A-Z][0-9][0-9][.0-9x]*)?', 0), ''),
                    split_part(c.grp_code, ':', 1)
                )
            when length(c.grp_code) = 4 and substr(c.grp_code, 4, 1) in ('1', '3', '5') then substr(c.grp_code, 1, 3)
            else c.grp_code
        end as family,
        case
            when c.grp_type = 'DRG' and length(c.grp_code) = 4 and substr(c.grp_code, 4, 1) in ('1', '3', '5')
                then substr(c.grp_code, 4, 1)
        end as digit,
        c.cost,
        c.log_cost,
        c.wt,
        c.pay_std,
        c.paid_std as paid,
        c.age,
        coalesce(c.gend, 'x') as gend
    from score.cost_case as c
    inner join score.peer as p on c.fixmedins_code = p.fixmedins_code
    where c.grp_type in ('DRG', 'DIP') and c.setl_id is not null
)

select
    t.setl_id,
    t.case_id,
    t.fixmedins_code,
    t.peer_group,
    t.grp_type,
    t.grp_ver,
    t.grp_code,
    t.family,
    t.digit,
    t.cost,
    t.log_cost,
    t.wt,
    t.pay_std,
    t.paid,
    case
        when t.age is null then 'x'
        when t.age < 18 then '0'
        when t.age < 45 then '1'
        when t.age < 60 then '2'
        when t.age < 70 then '3'
        when t.age < 80 then '4'
        else '5'
    end as age_band,
    t.gend,
    case
        when s.dscg_way = '5' then 'death'
        when s.dscg_way in ('2', '3') then 'transfer'
        when substr(s.med_type, 1, 2) in ('22', '23', '24') then substr(s.med_type, 1, 2)
        else 'plain'
    end as way,
    s.insutype,
    s.hosp_lv,
    s.month,
    cast(s.setl_time as date) as setl_date,
    greatest(date_diff('day', y.begndate, y.enddate), 1) as days
from placed as t
inner join core.settlement as s on t.setl_id = s.setl_id
left join core.stay as y on t.case_id = y.mdtrt_id
