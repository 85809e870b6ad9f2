-- Two stays of one person at once.
-- grain: one rule and the stay that began later (its last settlement), case level
-- inputs: finding.stay_case, core.stay, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $overlap_days (nights in both, from which a pair is shown)
-- known limits: which of the two took place is a reviewer's question, so gross_amount is the fund's net payment of the later stay and
--   nothing is claimed (claim_kind none). Left out: the day of a transfer, interim settlements under visits of their own,
--   newborns settled under their mother (main diagnosis P, Z38)
with stay as (
    select
        c.*,
        s.interim or coalesce(c.mid_setl_flag = '1', false) as is_interim,
        c.is_icd and (substr(c.diag_code, 1, 1) = 'P' or c.diag_category = 'Z38') as is_newborn
    from finding.stay_case as c
    inner join core.stay as s on c.mdtrt_id = s.mdtrt_id
),

pair as (
    select
        t.*,
        f.mdtrt_id as first_mdtrt_id,
        f.setl_id as first_setl_id,
        f.fixmedins_code as first_fixmedins_code,
        f.begndate as first_begndate,
        f.enddate as first_enddate,
        f.diag_code as first_diag_code,
        f.net_fund as first_net_fund,
        date_diff('day', t.begndate, least(f.enddate, t.enddate)) as nights,
        greatest(t.setl_time, f.setl_time) as completed,
        date_diff('day', least(t.setl_time, f.setl_time), greatest(t.setl_time, f.setl_time)) as days_between,
        row_number() over (
            partition by t.mdtrt_id
            order by date_diff('day', t.begndate, least(f.enddate, t.enddate)) desc, f.begndate asc, f.mdtrt_id asc
        ) as place
    from stay as t
    inner join stay as f
        on
            t.psn_id = f.psn_id
            and t.mdtrt_id <> f.mdtrt_id
            and (
                t.begndate > f.begndate
                or (t.begndate = f.begndate and concat(t.fixmedins_code, '|', t.mdtrt_id) > concat(f.fixmedins_code, '|', f.mdtrt_id))
            )
            and t.begndate < f.enddate
    where
        not t.is_newborn
        and not f.is_newborn
        and not (t.fixmedins_code = f.fixmedins_code and (t.is_interim or f.is_interim))
        and date_diff('day', t.begndate, least(f.enddate, t.enddate)) >= $overlap_days
)

select
    r.rule_id,
    concat(cast(year(p.completed) as varchar), 'Q', cast(quarter(p.completed) as varchar)) as period,
    p.fixmedins_code,
    p.setl_id,
    cast(null as varchar) as bkkp_sn,
    p.diag_code as item_code,
    p.diag_name as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(0 as decimal(18, 4)) as allowed,
    cast(p.nights as decimal(18, 4)) as excess,
    p.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'net fund of the later stay, not the loss',
        'begndate': cast(p.begndate as varchar),
        'enddate': cast(p.enddate as varchar),
        'first_begndate': cast(p.first_begndate as varchar),
        'first_diag_code': p.first_diag_code,
        'first_enddate': cast(p.first_enddate as varchar),
        'first_fixmedins_code': p.first_fixmedins_code,
        'first_net_fund': cast(p.first_net_fund as varchar),
        'first_setl_id': p.first_setl_id,
        'nights': p.nights
    }) as evidence,
    concat(
        '同一人', cast(p.begndate as varchar), '至', cast(p.enddate as varchar), '住院，与', cast(p.first_begndate as varchar), '至',
        cast(p.first_enddate as varchar), '在',
        case when p.fixmedins_code = p.first_fixmedins_code then '同一机构' else '另一机构' end,
        '的住院重叠', cast(p.nights as varchar), '日，与“', r.rule_name, '”的情形相符；金额为后一次住院基金净支付，不等于损失'
    ) as reason,
    cast(null as varchar) as basis_id
from pair as p
cross join finding.rule as r
where
    p.place = 1
    and p.days_between <= $look_back_days
    and list_contains($rule_ids, r.rule_id)
    and concat(cast(year(p.completed) as varchar), 'Q', cast(quarter(p.completed) as varchar)) between $period_from and $period_to
