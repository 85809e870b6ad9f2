-- Lines charged to a person as an outpatient of the provider at which he is an inpatient, near or inside the stay.
-- grain: mdtrt_id of a stay paid as a package, and bkkp_sn of the line outside it
-- inputs: finding.stay_case, core.settlement, core.fee_line
-- parameters: $days_before, $days_after, $left_out_med_types, $package_paymtd (hi_paymtd paid as a package)
-- known limits: lines are dated by their service; a line may lie near two stays and then has a row for each
with stay as (
    select
        *,
        concat(grp_type, '|', grp_ver, '|', family) as grp
    from finding.stay_case
    where list_contains($package_paymtd, coalesce(hi_paymtd, '')) and grp_code is not null and net_fund > 0
),

-- outpatient settlements whose dates touch the stay's: few
near as (
    select
        t.mdtrt_id,
        s.setl_id,
        s.setl_time
    from stay as t
    inner join core.settlement as s on t.psn_id = s.psn_id and t.fixmedins_code = s.fixmedins_code
    where
        not s.is_inpatient
        and s.refund_state <> 'full'
        and not regexp_matches(s.med_type, $left_out_med_types)
        and date_diff('day', s.begndate, t.enddate) >= -$days_after
        and date_diff('day', t.begndate, s.enddate) >= -$days_before
)

select
    t.mdtrt_id,
    t.grp,
    l.item_code,
    coalesce(l.item_name, l.item_code) as item_name,
    l.bkkp_sn,
    l.setl_id,
    l.service_date,
    l.det_item_fee_sumamt as fee,
    n.setl_time,
    case
        when l.service_date < t.begndate then 'before'
        when l.service_date > t.enddate then 'after'
        when l.service_date > t.begndate and l.service_date < t.enddate then 'during'
        else 'edge'
    end as place
from near as n
inner join stay as t on n.mdtrt_id = t.mdtrt_id
inner join core.fee_line as l on n.setl_id = l.setl_id
where
    l.state = 'settled'
    and l.det_item_fee_sumamt > 0
    and date_diff('day', l.service_date, t.begndate) <= $days_before
    and date_diff('day', t.enddate, l.service_date) <= $days_after
