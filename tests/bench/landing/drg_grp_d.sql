-- paid by the group: weight × rate × coefficient, the low and high cost rules applied
with whole as (
    select n, sum(total) as cost from settlement_out where is_inpatient and part < 2 and version = 0 group by n
),
priced as (
    select s.*, w.cost, method_(provider) as method, group_weight_(method_(provider), a, tier) as wt,
        group_weight_(method_(provider), a, tier) * case when worker then 7000 else 6600 end * [110, 100, 86, 100, 100, 100][cls + 1] // 100 as standard
    from settlement_out as s inner join whole as w on s.n = w.n
    where s.is_inpatient and s.part = case when s.interim then 1 else 0 end and not s.cancelled and s.version = 0 and s.cls < 3 and chance(s.n, 37) < 0.97
)
select
    setl_id_(n, part) as setl_id, case when method = '3' then 'DIP' else 'DRG' end as grp_type, '$version' as grp_ver,
    group_code_(method, a, tier) as grp_code, '病组' || a as grp_name, cast(yuan_(wt) as decimal(14, 6)) as wt,
    yuan_(case when cost * 10 < standard * 4 then cost when cost * 10 > standard * 25 then standard + cost - standard * 25 // 10 else standard end) as pay_std, folder
from priced
