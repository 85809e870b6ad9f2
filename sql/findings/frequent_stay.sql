-- Stays that bring a person to the limit of admissions in a short or a long window, or beyond it.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $short_stays in $short_days, $long_stays in $long_days,
--   $left_out_paymtd (hi_paymtd: paid by the day, where long stays are settled as many)
-- known limits: all providers together; one stay = one visit, so interim settlements do not count twice; not counted are planned
--   treatment (by codes), stays that continue a transfer or an interim settlement within a day, and stays paid by the day;
--   nobody's need is known: gross_amount is the fund's net payment of the stay, a question and no loss (claim_kind none)
with chained as (
    select
        *,
        lag(enddate) over (partition by psn_id order by begndate, enddate, mdtrt_id) as before_enddate,
        lag(dscg_way) over (partition by psn_id order by begndate, enddate, mdtrt_id) as before_dscg_way,
        lag(mid_setl_flag) over (partition by psn_id order by begndate, enddate, mdtrt_id) as before_mid_setl_flag
    from finding.stay_case
),

kind as (
    select
        *,
        case
            when planned_by is not null then 'planned'
            when list_contains($left_out_paymtd, coalesce(hi_paymtd, '')) then 'by_day'
            when
                date_diff('day', before_enddate, begndate) <= 1
                and (before_dscg_way in ('2', '3') or before_mid_setl_flag = '1')
                then 'continued'
            else 'counted'
        end as kind
    from chained
),

counted as (
    select
        *,
        row_number() over (partition by psn_id order by begndate, enddate, mdtrt_id) as place
    from kind
    where kind = 'counted'
),

reached as (
    select
        a.mdtrt_id,
        a.psn_id,
        a.place,
        a.begndate,
        max(case when a.place = b.place + $short_stays - 1 then 1 else 0 end) as is_short
    from counted as a
    inner join counted as b
        on
            a.psn_id = b.psn_id
            and (
                (a.place = b.place + $short_stays - 1 and date_diff('day', b.begndate, a.begndate) < $short_days)
                or (a.place = b.place + $long_stays - 1 and date_diff('day', b.begndate, a.begndate) < $long_days)
            )
    where a.net_fund > 0
    group by a.mdtrt_id, a.psn_id, a.place, a.begndate
),

in_window as (
    select
        a.mdtrt_id,
        a.is_short,
        count(*) as stays,
        count(distinct b.fixmedins_code) as providers,
        cast(sum(b.net_fund) as decimal(18, 2)) as net_fund,
        min(b.begndate) as first_begndate,
        min(b.setl_time) as first_setl_time,
        max(b.setl_time) as completed,
        list_sort(array_agg({
            'begndate': cast(b.begndate as varchar),
            'diag_code': b.diag_code,
            'enddate': cast(b.enddate as varchar),
            'fixmedins_code': b.fixmedins_code,
            'grp_code': b.grp_code,
            'net_fund': cast(b.net_fund as varchar),
            'setl_id': b.setl_id
        })) as listed
    from reached as a
    inner join counted as b
        on
            a.psn_id = b.psn_id
            and a.place >= b.place
            and date_diff('day', b.begndate, a.begndate) < case when a.is_short = 1 then $short_days else $long_days end
    group by a.mdtrt_id, a.is_short
),

left_out as (
    select
        a.mdtrt_id,
        sum(case when k.kind = 'planned' then 1 else 0 end) as planned,
        sum(case when k.kind = 'by_day' then 1 else 0 end) as by_day,
        sum(case when k.kind = 'continued' then 1 else 0 end) as continued
    from reached as a
    inner join kind as k
        on
            a.psn_id = k.psn_id
            and a.begndate >= k.begndate
            and date_diff('day', k.begndate, a.begndate) < case when a.is_short = 1 then $short_days else $long_days end
    group by a.mdtrt_id
),

found as (
    select
        t.fixmedins_code,
        t.setl_id,
        t.diag_code,
        t.diag_name,
        t.net_fund,
        w.mdtrt_id,
        w.stays,
        w.providers,
        w.net_fund as net_fund_of_stays,
        w.first_begndate,
        w.listed,
        case when w.is_short = 1 then $short_days else $long_days end as days,
        case when w.is_short = 1 then $short_stays else $long_stays end as limit_stays,
        concat(cast(year(w.completed) as varchar), 'Q', cast(quarter(w.completed) as varchar)) as period,
        l.planned,
        l.by_day,
        l.continued
    from in_window as w
    inner join counted as t on w.mdtrt_id = t.mdtrt_id
    inner join left_out as l on w.mdtrt_id = l.mdtrt_id
    where date_diff('day', cast(w.first_setl_time as date), cast(w.completed as date)) <= $look_back_days
)

select
    r.rule_id,
    f.period,
    f.fixmedins_code,
    f.setl_id,
    cast(null as varchar) as bkkp_sn,
    f.diag_code as item_code,
    f.diag_name as item_name,
    cast(f.stays as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(f.limit_stays - 1 as decimal(18, 4)) as allowed,
    cast(f.stays - f.limit_stays + 1 as decimal(18, 4)) as excess,
    f.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'net fund of this stay, not a loss',
        'first_begndate': cast(f.first_begndate as varchar),
        'left_out': {
            'continued': f.continued,
            'paid_by_day': f.by_day,
            'planned': f.planned
        },
        'limit_stays': cast(f.limit_stays as integer),
        'net_fund_of_stays': cast(f.net_fund_of_stays as varchar),
        'providers': f.providers,
        'stays': f.listed,
        'stays_in_window': f.stays,
        'window_days': cast(f.days as integer)
    }) as evidence,
    concat(
        '同一人', cast(f.days as varchar), '日内第', cast(f.stays as varchar), '次住院（涉及', cast(f.providers as varchar),
        '家机构，计划内治疗、转院接续与按床日结算的住院不计），达到', cast(f.limit_stays as varchar), '次的提示线，与“', r.rule_name,
        '”的情形相符，需核实住院必要性'
    ) as reason,
    cast(null as varchar) as basis_id
from found as f
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and f.period between $period_from and $period_to
