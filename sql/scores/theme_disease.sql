-- grain: one provider with cases of a disease: cases, fund payments, money that rules put forward, and what of it is expected back
-- inputs: core.settlement, core.diagnosis, money.claim
-- parameters: start, until (dates, until exclusive); dise_codg (whole), diagnosis, grp_code (beginnings); null = not asked for;
--   decided_cases (their codes)
-- known limits: a diagnosis counts where it is the main one; withdrawn, overturned and already recovered claims and decided cases do
--   not count
with diagnosed as (
    select setl_id
    from core.diagnosis
    where is_main and is_icd and $diagnosis is not null and left(diag_code, length($diagnosis)) = $diagnosis
    group by setl_id
),

wanted as (
    select s.setl_id, s.fixmedins_code, s.paid
    from core.settlement as s
    left join diagnosed as d on s.setl_id = d.setl_id
    where
        s.source = 'setl_d'
        and s.setl_time >= cast($start as date) and s.setl_time < cast($until as date)
        and (
            d.setl_id is not null
            or ($dise_codg is not null and s.dise_codg = $dise_codg)
            or ($grp_code is not null and left(s.grp_code, length($grp_code)) = $grp_code)
        )
),

found as (
    select
        w.fixmedins_code,
        sum(c.fund_amount) as finding_amount,
        sum(c.fund_amount * cast(c.confidence as decimal(5, 4))) as expected_amount
    from wanted as w
    inner join money.claim as c on w.setl_id = c.setl_id
    where
        coalesce(c.status, 'new') not in ('withdrawn', 'overturned', 'recovered')
        and coalesce(array_position($decided_cases, c.rule_id), 0) = 0
    group by w.fixmedins_code
),

cases as (
    select fixmedins_code, count(*) as cases, sum(paid) as fund_amount
    from wanted
    group by fixmedins_code
)

select
    c.fixmedins_code,
    c.cases,
    cast(c.fund_amount as decimal(16, 2)) as fund_amount,
    cast(coalesce(f.finding_amount, 0) as decimal(16, 2)) as finding_amount,
    cast(coalesce(f.expected_amount, 0) as decimal(18, 2)) as expected_amount
from cases as c
left join found as f on c.fixmedins_code = f.fixmedins_code
order by c.fixmedins_code
