-- What each payer paid net of the settlements that claims reach.
-- grain: setl_id, payer (payers that paid something); fen = whole fen
-- inputs: core.settlement, money.reached
-- parameters: none
-- limits: for DRG/DIP cases the fund payers' parts of what the case was paid
with wanted as (
    select s.*
    from core.settlement as s
    inner join money.reached as c on s.setl_id = c.setl_id
)

select setl_id, 'hifp' as payer, 1 as place, true as is_fund, cast(paid_hifp_pay * 100 as hugeint) as fen
from wanted
where paid_hifp_pay > 0
union all
select setl_id, 'cvlserv' as payer, 2 as place, true as is_fund, cast(paid_cvlserv_pay * 100 as hugeint) as fen
from wanted
where paid_cvlserv_pay > 0
union all
select setl_id, 'hifes' as payer, 3 as place, true as is_fund, cast(paid_hifes_pay * 100 as hugeint) as fen
from wanted
where paid_hifes_pay > 0
union all
select setl_id, 'hifmi' as payer, 4 as place, true as is_fund, cast(paid_hifmi_pay * 100 as hugeint) as fen
from wanted
where paid_hifmi_pay > 0
union all
select setl_id, 'hifob' as payer, 5 as place, true as is_fund, cast(paid_hifob_pay * 100 as hugeint) as fen
from wanted
where paid_hifob_pay > 0
union all
select setl_id, 'hifdm' as payer, 6 as place, true as is_fund, cast(paid_hifdm_pay * 100 as hugeint) as fen
from wanted
where paid_hifdm_pay > 0
union all
select setl_id, 'maf' as payer, 7 as place, true as is_fund, cast(paid_maf_pay * 100 as hugeint) as fen
from wanted
where paid_maf_pay > 0
union all
select setl_id, 'oth' as payer, 8 as place, true as is_fund, cast(paid_oth_pay * 100 as hugeint) as fen
from wanted
where paid_oth_pay > 0
union all
select setl_id, 'acct' as payer, 9 as place, false as is_fund, cast(paid_acct_pay * 100 as hugeint) as fen
from wanted
where paid_acct_pay > 0
union all
select setl_id, 'acct_mulaid' as payer, 10 as place, false as is_fund, cast(paid_acct_mulaid_pay * 100 as hugeint) as fen
from wanted
where paid_acct_mulaid_pay > 0
