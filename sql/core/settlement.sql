-- Settlements as the audit sees them: refunds netted in, provider and person completed, who owes and by which route.
-- grain: setl_id (refunds are not rows)
-- inputs: core.netted, core.delivered, core.person, core.capped_payment, cur.medins_info_b, cur.psn_info_b, cur.drg_grp_d, cur.drg_std
-- parameters: $inpatient_med_types (list; a code covers its sub-codes), $area_pattern (pattern of the area's own insu_admdvs)
-- limits: sex and birth date that the settlement and the person register contradict are null, and the age with the birth date;
--         setl_no numbers settlements in the order of their ids and holds until core is made anew;
--         nothing is left of a settlement whose whole fee was refunded, whatever the payers' columns say; a weight that was not
--         delivered with the case is that of its group's standard on the day of settlement
with clipped as (
    select
        n.*,
        case
            when n.has_refund and n.net_medfee <= 0 then 'full'
            when n.has_refund then 'partial'
            else 'none'
        end as refund_state,
        case when n.gend in ('1', '2') then n.gend end as gend_settled,
        case when p.gend in ('1', '2') then p.gend end as gend_person,
        p.brdy as brdy_person
    from core.netted as n
    left join cur.psn_info_b as p on n.psn_id = p.psn_id
),

agreed as (
    select
        *,
        cast(case when net_medfee <= 0 then 0 else greatest(net_hifp, 0) end as decimal(16, 2)) as net_hifp_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_cvlserv, 0) end as decimal(16, 2)) as net_cvlserv_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_hifes, 0) end as decimal(16, 2)) as net_hifes_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_hifmi, 0) end as decimal(16, 2)) as net_hifmi_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_hifob, 0) end as decimal(16, 2)) as net_hifob_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_hifdm, 0) end as decimal(16, 2)) as net_hifdm_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_maf, 0) end as decimal(16, 2)) as net_maf_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_oth, 0) end as decimal(16, 2)) as net_oth_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_acct, 0) end as decimal(16, 2)) as net_acct_pay,
        cast(case when net_medfee <= 0 then 0 else greatest(net_acct_mulaid, 0) end as decimal(16, 2)) as net_acct_mulaid_pay,
        case when gend_settled <> gend_person then null else coalesce(gend_settled, gend_person) end as gend_agreed,
        case when brdy <> brdy_person then null else coalesce(brdy, brdy_person) end as brdy_agreed,
        coalesce(brdy <> brdy_person, false) as brdy_contradicted
    from clipped
),

-- few cases, if any: found first, else every settlement would meet every standard of its day
unweighted as materialized (
    select
        g.setl_id, g.grp_type, g.grp_ver, g.grp_code,
        cast(n.setl_time as date) as setl_date
    from cur.drg_grp_d as g
    inner join core.delivered as n on g.setl_id = n.setl_id
    where g.wt is null and not n.is_refund
),

standard as (
    select
        u.setl_id, d.wt,
        row_number() over (partition by u.setl_id order by d.valid_from desc) as place
    from unweighted as u
    inner join cur.drg_std as d
        on
            u.grp_type = d.grp_type and u.grp_ver = d.grp_ver and u.grp_code = d.grp_code
            and u.setl_date >= d.valid_from
            and (d.valid_to is null or u.setl_date <= d.valid_to)
),

numbered as (
    select
        setl_id,
        cast(row_number() over (order by setl_id) as integer) as setl_no
    from (select setl_id from core.delivered where not is_refund group by setl_id) as k
)

select
    s.setl_id, n.setl_no, s.source, s.mdtrt_id, s.psn_id, p.person_no, s.gend_agreed as gend, s.brdy_agreed as brdy,
    cast(
        case
            when s.brdy_contradicted then null
            when s.brdy_agreed is not null and s.brdy_agreed <= s.begndate
                then
                    year(s.begndate) - year(s.brdy_agreed)
                    - case
                        when month(s.begndate) * 100 + day(s.begndate) < month(s.brdy_agreed) * 100 + day(s.brdy_agreed) then 1 else 0
                    end
            when s.age between 0 and 130 then s.age
        end as decimal(6, 1)
    ) as age,
    s.insutype, s.psn_type, s.insu_admdvs, s.fixmedins_code,
    coalesce(s.fixmedins_name, i.fixmedins_name) as fixmedins_name,
    coalesce(s.hosp_lv, i.hosp_lv) as hosp_lv,
    s.med_type,
    regexp_matches(s.med_type, $inpatient_med_types) as is_inpatient,
    s.begndate, s.enddate, s.setl_time,
    cast(date_trunc('month', s.setl_time) as date) as month,
    cast(year(s.setl_time) as varchar) || 'Q' || cast(quarter(s.setl_time) as varchar) as quarter,
    s.hi_paymtd,
    case when s.hi_paymtd in ('3', '4') then 1 else 0 end as bundled,
    s.setl_type, s.pay_loc, s.dise_codg, s.dscg_way, s.chfpdr_code, s.mid_setl_flag, s.ttp_pay_flag, s.refund_state,
    s.medfee_sumamt, s.inscp_scp_amt,
    cast(greatest(s.net_medfee, 0) as decimal(16, 2)) as net_medfee_sumamt,
    s.net_hifp_pay, s.net_cvlserv_pay, s.net_hifes_pay, s.net_hifmi_pay, s.net_hifob_pay,
    s.net_hifdm_pay, s.net_maf_pay, s.net_oth_pay, s.net_acct_pay, s.net_acct_mulaid_pay,
    cast(
        s.net_hifp_pay + s.net_cvlserv_pay + s.net_hifes_pay + s.net_hifmi_pay + s.net_hifob_pay
        + s.net_hifdm_pay + s.net_maf_pay + s.net_oth_pay as decimal(16, 2)
    ) as net_fund,
    cast(greatest(s.net_part, 0) as decimal(16, 2)) as psn_part_amt,
    g.pay_std, g.grp_type, g.grp_ver, g.grp_code, coalesce(g.wt, w.wt) as wt,
    cast(
        coalesce(b.paid_hifp, s.net_hifp_pay)
        + coalesce(b.paid_cvlserv, s.net_cvlserv_pay)
        + coalesce(b.paid_hifes, s.net_hifes_pay)
        + coalesce(b.paid_hifmi, s.net_hifmi_pay)
        + coalesce(b.paid_hifob, s.net_hifob_pay)
        + coalesce(b.paid_hifdm, s.net_hifdm_pay)
        + coalesce(b.paid_maf, s.net_maf_pay)
        + coalesce(b.paid_oth, s.net_oth_pay)
        as decimal(16, 2)
    ) as paid,
    coalesce(b.paid_hifp, s.net_hifp_pay) as paid_hifp_pay,
    coalesce(b.paid_cvlserv, s.net_cvlserv_pay) as paid_cvlserv_pay,
    coalesce(b.paid_hifes, s.net_hifes_pay) as paid_hifes_pay,
    coalesce(b.paid_hifmi, s.net_hifmi_pay) as paid_hifmi_pay,
    coalesce(b.paid_hifob, s.net_hifob_pay) as paid_hifob_pay,
    coalesce(b.paid_hifdm, s.net_hifdm_pay) as paid_hifdm_pay,
    coalesce(b.paid_maf, s.net_maf_pay) as paid_maf_pay,
    coalesce(b.paid_oth, s.net_oth_pay) as paid_oth_pay,
    s.net_acct_pay as paid_acct_pay,
    s.net_acct_mulaid_pay as paid_acct_mulaid_pay,
    case
        when s.ttp_pay_flag = '1' then 'third_party'
        when s.pay_loc = '1' then 'person'
        else 'provider'
    end as liable,
    case
        when s.source = 'outmed_setl_d' then 'referral'
        when s.pay_loc in ('3', '4') or not regexp_matches(s.insu_admdvs, $area_pattern) then 'cross_region'
        else 'local'
    end as recovery_route
from agreed as s
inner join numbered as n on s.setl_id = n.setl_id
left join core.person as p on s.psn_id = p.psn_id
left join core.capped_payment as b on s.setl_id = b.setl_id
left join cur.medins_info_b as i on s.fixmedins_code = i.fixmedins_code
left join cur.drg_grp_d as g on s.setl_id = g.setl_id
left join standard as w on s.setl_id = w.setl_id and w.place = 1
