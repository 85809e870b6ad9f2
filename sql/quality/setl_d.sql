-- grain: one row a settlement of the period (both tables, refunds included); one flag a check: 1 violated, 0 kept, null not applicable
-- inputs: cur.setl_d, cur.outmed_setl_d, cur.medins_info_b, cur.psn_info_b
-- parameters: $start_on, $before (dates; from the one, until before the other)
-- known limits: an identity is checked only where its columns were delivered at all in the period, since places differ
with both_tables as (
    select
        'setl_d' as source, setl_id, fixmedins_code, psn_id, gend, brdy, age, hosp_lv, pay_loc, begndate, enddate, setl_time,
        medfee_sumamt, fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, inscp_scp_amt, hifp_pay, cvlserv_pay, hifes_pay, hifmi_pay,
        hifob_pay, hifdm_pay, maf_pay, oth_pay, fund_pay_sumamt, hosp_part_amt, psn_part_amt, acct_pay, acct_mulaid_pay, psn_cash_pay,
        refd_setl_flag
    from cur.setl_d
    where setl_time >= $start_on and setl_time < $before
    union all
    select
        'outmed_setl_d' as source, setl_id, fixmedins_code, psn_id, gend, brdy, age, hosp_lv, pay_loc, begndate, enddate, setl_time,
        medfee_sumamt, fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, inscp_scp_amt, hifp_pay, cvlserv_pay, hifes_pay, hifmi_pay,
        hifob_pay, hifdm_pay, maf_pay, oth_pay, fund_pay_sumamt, hosp_part_amt, psn_part_amt, acct_pay, acct_mulaid_pay, psn_cash_pay,
        refd_setl_flag
    from cur.outmed_setl_d
    where setl_time >= $start_on and setl_time < $before
),

delivered as (
    select
        count(fulamt_ownpay_amt) > 0 and count(preselfpay_amt) > 0 and count(inscp_scp_amt) > 0 as has_scope,
        count(cvlserv_pay) + count(hifes_pay) + count(hifmi_pay) + count(hifob_pay) + count(hifdm_pay) + count(maf_pay) + count(oth_pay) > 0
            as has_payers,
        count(psn_part_amt) > 0 as has_person_part,
        count(psn_part_amt) > 0 and count(psn_cash_pay) > 0 as has_cash,
        count(hosp_lv) > 0 as has_level
    from both_tables
),

keyed as (
    select setl_id, count(*) as copies
    from both_tables
    group by setl_id
),

reference as (
    select
        (select count(*) from cur.medins_info_b) > 0 as has_providers,
        (select count(*) from cur.psn_info_b) > 0 as has_people
),

known_provider as (
    select fixmedins_code, max(hosp_lv) as hosp_lv
    from cur.medins_info_b
    group by fixmedins_code
),

known_person as (
    select psn_id, max(gend) as gend, max(brdy) as brdy
    from cur.psn_info_b
    group by psn_id
),

measured as (
    select
        s.setl_id, s.source, s.fixmedins_code, s.gend, s.brdy, s.age, s.hosp_lv, s.begndate, s.enddate, s.medfee_sumamt, s.fund_pay_sumamt,
        s.inscp_scp_amt, s.psn_part_amt, s.psn_cash_pay,
        k.copies, d.has_scope, d.has_payers, d.has_person_part, d.has_cash, d.has_level, r.has_providers,
        r.has_people and coalesce(s.pay_loc, '') not in ('3', '4') as person_expected,
        coalesce(s.refd_setl_flag, '0') = '1' as is_refund,
        p.fixmedins_code is not null as provider_known, p.hosp_lv as provider_level,
        i.psn_id is not null as person_known, i.gend as person_gend, i.brdy as person_brdy,
        cast(s.setl_time as date) as setl_date,
        coalesce(s.fulamt_ownpay_amt, 0) + coalesce(s.overlmt_selfpay, 0) + coalesce(s.preselfpay_amt, 0) + coalesce(s.inscp_scp_amt, 0)
            as scope_sum,
        coalesce(s.hifp_pay, 0) + coalesce(s.cvlserv_pay, 0) + coalesce(s.hifes_pay, 0) + coalesce(s.hifmi_pay, 0)
        + coalesce(s.hifob_pay, 0) + coalesce(s.hifdm_pay, 0) + coalesce(s.maf_pay, 0) + coalesce(s.oth_pay, 0) as payer_sum,
        coalesce(s.fund_pay_sumamt, 0) + coalesce(s.psn_part_amt, 0) + coalesce(s.hosp_part_amt, 0) as bearer_sum,
        coalesce(s.acct_pay, 0) + coalesce(s.psn_cash_pay, 0) as own_sum,
        coalesce(s.acct_mulaid_pay, 0) as family_account,
        (year(s.begndate) * 10000 + month(s.begndate) * 100 + day(s.begndate))
        - (year(s.brdy) * 10000 + month(s.brdy) * 100 + day(s.brdy)) as age_digits
    from both_tables as s
    inner join keyed as k on s.setl_id = k.setl_id
    left join known_provider as p on s.fixmedins_code = p.fixmedins_code
    left join known_person as i on s.psn_id = i.psn_id
    cross join delivered as d
    cross join reference as r
)

select
    fixmedins_code,
    setl_id as example,
    case when copies > 1 then 1 else 0 end as setl_key_unique,
    case when has_providers and source = 'setl_d' then case when provider_known then 0 else 1 end end as setl_provider_known,
    case when person_expected then case when person_known then 0 else 1 end end as setl_person_known,
    case when has_level or has_providers then case when coalesce(hosp_lv, provider_level) is null then 1 else 0 end end
        as setl_level_filled,
    case when has_scope and inscp_scp_amt is not null then case when abs(medfee_sumamt - scope_sum) > 0.01 then 1 else 0 end end
        as setl_scope_sum,
    case when has_payers then case when abs(fund_pay_sumamt - payer_sum) > 0.01 then 1 else 0 end end as setl_fund_sum,
    case when has_person_part and psn_part_amt is not null then case when abs(medfee_sumamt - bearer_sum) > 0.01 then 1 else 0 end end
        as setl_bearer_sum,
    case
        when has_cash and psn_part_amt is not null and psn_cash_pay is not null
            then
                case when abs(psn_part_amt - own_sum) <= 0.01 or abs(psn_part_amt - own_sum - family_account) <= 0.01 then 0 else 1 end
    end as setl_own_sum,
    case when abs(fund_pay_sumamt) > abs(medfee_sumamt) + 0.01 then 1 else 0 end as setl_fund_within_cost,
    case when not is_refund then case when medfee_sumamt < 0 or fund_pay_sumamt < 0 then 1 else 0 end end as setl_sign,
    case when begndate > enddate then 1 else 0 end as setl_dates_order,
    case when not is_refund then case when enddate > setl_date then 1 else 0 end end as setl_after_end,
    case when age is not null then case when age < 0 or age > 120 then 1 else 0 end end as setl_age_range,
    case
        when brdy is not null
            then
                case
                    when age_digits < 0 then 1 when age is null then 0
                    when abs(age - floor(age_digits / 10000.0)) > 1 then 1 else 0
                end
    end as setl_age_birth,
    case when gend in ('1', '2') and person_gend in ('1', '2') then case when gend = person_gend then 0 else 1 end end as setl_sex_person,
    case when brdy is not null and person_brdy is not null then case when brdy = person_brdy then 0 else 1 end end as setl_birth_person
from measured
