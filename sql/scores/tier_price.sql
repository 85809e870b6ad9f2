-- grain: one lead (setl_id): what the payment method pays less for the supported group than for the billed one, at most what was paid
-- inputs: score.tier_lead (setl_id, supported_grp_code), score.tier_case, score.tier_rate, cur.drg_std
-- parameters: none
-- known limits: standard = rate x weight x coefficient, rounded to the fen; below the low multiple the cost itself is paid, above
--   the high multiple what exceeds it is added; weights not in drg_std are those of the group's cases; without parameters: the
--   case's standard times the part of the weight that falls away, without weights less the mean standard of the supported group (same
--   insurance and level, else anywhere); null where neither parameters nor standards are known
with grouped as (
    select
        grp_type,
        grp_ver,
        grp_code,
        cast(sum(wt) / count(wt) as decimal(14, 6)) as wt,
        cast(sum(pay_std) / count(pay_std) as decimal(16, 2)) as pay_std
    from score.tier_case
    group by grp_type, grp_ver, grp_code
),

alike as (
    select
        grp_type,
        grp_ver,
        grp_code,
        insutype,
        hosp_lv,
        cast(sum(pay_std) / count(pay_std) as decimal(16, 2)) as pay_std
    from score.tier_case
    group by grp_type, grp_ver, grp_code, insutype, hosp_lv
),

lead_case as (
    select
        c.setl_id,
        c.grp_type,
        c.grp_ver,
        c.grp_code,
        l.supported_grp_code,
        c.setl_date,
        c.insutype,
        c.hosp_lv,
        c.wt,
        c.cost,
        c.pay_std,
        c.paid
    from score.tier_lead as l
    inner join score.tier_case as c on l.setl_id = c.setl_id
),

wanted as (
    select grp_type, grp_ver, grp_code, setl_date from lead_case
    union
    select grp_type, grp_ver, supported_grp_code as grp_code, setl_date from lead_case
),

weighed as (
    select
        w.grp_type,
        w.grp_ver,
        w.grp_code,
        w.setl_date,
        s.wt,
        row_number() over (partition by w.grp_type, w.grp_ver, w.grp_code, w.setl_date order by s.valid_from desc) as turn
    from wanted as w
    inner join cur.drg_std as s
        on
            w.grp_type = s.grp_type
            and w.grp_ver = s.grp_ver
            and w.grp_code = s.grp_code
            and w.setl_date >= s.valid_from
            and w.setl_date <= coalesce(s.valid_to, date '9999-12-31')
),

weights as (
    select
        c.setl_id,
        c.cost,
        c.pay_std,
        c.paid,
        coalesce(c.wt, b.wt, bg.wt) as billed_wt,
        coalesce(s.wt, sg.wt) as supported_wt,
        r.rate,
        r.coef,
        r.low_mult,
        r.high_mult,
        coalesce(sa.pay_std, sg.pay_std) as plain_std
    from lead_case as c
    left join weighed as b
        on
            c.grp_type = b.grp_type and c.grp_ver = b.grp_ver and c.grp_code = b.grp_code and c.setl_date = b.setl_date
            and b.turn = 1
    left join weighed as s
        on
            c.grp_type = s.grp_type and c.grp_ver = s.grp_ver and c.supported_grp_code = s.grp_code
            and c.setl_date = s.setl_date and s.turn = 1
    left join grouped as bg on c.grp_type = bg.grp_type and c.grp_ver = bg.grp_ver and c.grp_code = bg.grp_code
    left join grouped as sg on c.grp_type = sg.grp_type and c.grp_ver = sg.grp_ver and c.supported_grp_code = sg.grp_code
    left join alike as sa
        on
            c.grp_type = sa.grp_type and c.grp_ver = sa.grp_ver and c.supported_grp_code = sa.grp_code
            and c.insutype = sa.insutype and coalesce(c.hosp_lv, '') = coalesce(sa.hosp_lv, '')
    left join score.tier_rate as r
        on
            c.insutype = r.insutype and coalesce(c.hosp_lv, '') = coalesce(r.hosp_lv, '') and c.setl_date = r.setl_date
),

standards as (
    select
        setl_id,
        cost,
        pay_std,
        paid,
        billed_wt,
        supported_wt,
        low_mult,
        high_mult,
        case
            when billed_wt > 0 and supported_wt is not null
                then
                    cast(
                        cast(
                            (
                                2 * cast(pay_std * 100 as hugeint) * cast(supported_wt * 1000000 as hugeint)
                                + cast(billed_wt * 1000000 as hugeint)
                            )
                            // (2 * cast(billed_wt * 1000000 as hugeint)) as decimal(20, 0)
                        ) * 0.01 as decimal(16, 2)
                    )
            else plain_std
        end as plain_std,
        cast(round(cast(rate * billed_wt as decimal(22, 10)) * coef, 2) as decimal(16, 2)) as billed,
        cast(round(cast(rate * supported_wt as decimal(22, 10)) * coef, 2) as decimal(16, 2)) as supported
    from weights
),

paid_each as (
    select
        setl_id,
        pay_std,
        paid,
        billed_wt,
        supported_wt,
        plain_std,
        case
            when cost < low_mult * billed then cast(cost as decimal(16, 2))
            when cost > high_mult * billed
                then billed + cast(cost as decimal(16, 2)) - cast(round(high_mult * billed, 2) as decimal(16, 2))
            else billed
        end as billed_pay,
        case
            when cost < low_mult * supported then cast(cost as decimal(16, 2))
            when cost > high_mult * supported
                then supported + cast(cost as decimal(16, 2)) - cast(round(high_mult * supported, 2) as decimal(16, 2))
            else supported
        end as supported_pay
    from standards
)

select
    setl_id,
    cast(billed_wt - supported_wt as decimal(14, 6)) as wt_difference,
    cast(
        case
            when coalesce(billed_pay - supported_pay, pay_std - plain_std) is not null
                then least(greatest(coalesce(billed_pay - supported_pay, pay_std - plain_std), 0), paid)
        end as decimal(16, 2)
    ) as payment_difference
from paid_each
order by setl_id
