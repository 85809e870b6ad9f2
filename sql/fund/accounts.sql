-- How the bookings of a month hold together: payers against the total, negative sums, clearing month against month.
-- grain: fixmedins_code, insutype, month (of settlement)
-- inputs: cur.setl_d, cur.outmed_setl_d
-- parameters: $first_month, $before, $area_pattern (regular expression of the area's own insu_admdvs)
-- limits: rows as delivered, refunds among them; a clearing month that is not written YYYYMM counts as none
with booked as (
    select
        fixmedins_code, insutype, setl_time, refd_setl_flag, clr_ym, fund_pay_sumamt,
        hifp_pay, cvlserv_pay, hifes_pay, hifmi_pay, hifob_pay, hifdm_pay, maf_pay, oth_pay
    from cur.setl_d
    where coalesce(pay_loc, '') not in ('3', '4') and coalesce(regexp_matches(insu_admdvs, $area_pattern), true)
    union all
    select
        fixmedins_code, insutype, setl_time, refd_setl_flag, clr_ym, fund_pay_sumamt,
        hifp_pay, cvlserv_pay, hifes_pay, hifmi_pay, hifob_pay, hifdm_pay, maf_pay, oth_pay
    from cur.outmed_setl_d
),

rows_of as (
    select
        fixmedins_code, insutype, cast(date_trunc('month', setl_time) as date) as month,
        coalesce(refd_setl_flag, '0') = '1' as is_refund,
        fund_pay_sumamt as total,
        coalesce(hifp_pay, 0) + coalesce(cvlserv_pay, 0) + coalesce(hifes_pay, 0) + coalesce(hifmi_pay, 0)
        + coalesce(hifob_pay, 0) + coalesce(hifdm_pay, 0) + coalesce(maf_pay, 0) + coalesce(oth_pay, 0) as payers,
        least(
            coalesce(hifp_pay, 0), coalesce(cvlserv_pay, 0), coalesce(hifes_pay, 0), coalesce(hifmi_pay, 0),
            coalesce(hifob_pay, 0), coalesce(hifdm_pay, 0), coalesce(maf_pay, 0), coalesce(oth_pay, 0)
        ) as least_payer,
        replace(clr_ym, '-', '') as clr_ym
    from booked
    where setl_time >= $first_month and setl_time < $before
),

timed as (
    select
        *,
        year(month) * 12 + month(month) as settled_at,
        case
            when regexp_matches(clr_ym, '^[0-9]{4}(0[1-9]|1[0-2])$')
                then cast(substr(clr_ym, 1, 4) as integer) * 12 + cast(substr(clr_ym, 5, 2) as integer)
        end as cleared_at
    from rows_of
)

select
    fixmedins_code, insutype, month, cleared_at,
    count(*) as settlements,
    sum(total) as booked_amount,
    sum(case when total <> payers then 1 else 0 end) as unbalanced_rows,
    sum(total - payers) as unbalanced_amount,
    sum(case when not is_refund and (total < 0 or least_payer < 0) then 1 else 0 end) as negative_rows,
    sum(case when not is_refund and (total < 0 or least_payer < 0) then total else 0 end) as negative_amount,
    sum(case when cleared_at < settled_at then 1 else 0 end) as early_rows
from timed
group by fixmedins_code, insutype, month, cleared_at
order by fixmedins_code, insutype, month, cleared_at
