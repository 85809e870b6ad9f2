-- Second-line drugs of people who were charged none of the first-line drugs before, by any provider.
-- grain: one rule and fee line
-- inputs: finding.occurrence_key, finding.occurrence, finding.kp_companion, finding.code_list, finding.subject_match, finding.rule,
--   core.settlement
-- parameters: $rule_ids, $period_from, $period_to, $history_days (data that must lie before the line)
-- known limits: other_codes are the first-line drugs, at any time before or on the day, whatever the scope says; drugs paid by
--   the person, used in a stay elsewhere or before the data begin are not seen, so the first $history_days give no finding;
--   of the line's quarter and the four before it, the data begin with the first month that has a tenth of the settlements of
--   the fullest, for a few late or mistyped ones tell of no history. What is settled after the line's quarter says nothing, and
--   months further back only clear people: added later, they do so when the quarter is made again
-- People, lines, codes and lists are compared by number; names and amounts are asked for the few that are left.
with filled as (
    select
        cast(min(setl_time) as date) as since,
        count(*) as settlements,
        year(min(setl_time)) * 4 + quarter(min(setl_time)) as quarter_no
    from core.settlement
    group by month
),

judged_quarter as (
    select quarter as period, year(min(setl_time)) * 4 + quarter(min(setl_time)) as quarter_no
    from core.settlement
    where quarter between $period_from and $period_to
    group by quarter
),

near as (
    select p.period, f.since, f.settlements, max(f.settlements) over (partition by p.period) as fullest
    from judged_quarter as p
    inner join filled as f on f.quarter_no between p.quarter_no - 4 and p.quarter_no
),

loaded as (
    select period, min(since) as since
    from near
    where settlements * 10 >= fullest
    group by period
),

point as (
    select
        m.code_no, k.point_no, k.rule_id, k.subject_code, k.valid_from, k.valid_until, c.list_no
    from finding.kp_companion as k
    inner join finding.rule as r on k.rule_id = r.rule_id
    inner join finding.subject_match as m on k.subject_code = m.subject_code and r.subject_kind = m.kind
    inner join (select list, list_no from finding.code_list group by list, list_no) as c on k.other_codes = c.list
    where list_contains($rule_ids, k.rule_id) and m.kind = 'item'
),

listed as (
    select
        c.list_no,
        m.code_no
    from finding.code_list as c
    inner join finding.subject_match as m on c.code = m.subject_code
    inner join (select list_no from point group by list_no) as p on c.list_no = p.list_no
    where m.kind = 'item'
    group by c.list_no, m.code_no
),

hit as not materialized (
    select
        p.point_no, p.rule_id, p.subject_code, p.list_no, o.line_id, o.person_no, o.service_date, o.period
    from finding.occurrence_key as o
    inner join point as p on o.code_no = p.code_no and o.service_date between p.valid_from and p.valid_until
    inner join loaded as d on o.period = d.period
    where
        o.kind = 'item'
        and o.period between $period_from and $period_to
        and date_diff('day', d.since, o.service_date) >= $history_days
),

asked as (
    select list_no, person_no, period
    from hit
    group by list_no, person_no, period
),

used as (
    select
        a.list_no,
        a.person_no,
        o.period,
        min(o.service_date) as used_on
    from finding.occurrence_key as o
    inner join listed as l on o.code_no = l.code_no
    inner join (select list_no, person_no from asked group by list_no, person_no) as a
        on l.list_no = a.list_no and o.person_no = a.person_no
    where o.kind = 'item'
    group by a.list_no, a.person_no, o.period
),

first_use as (
    select
        a.list_no,
        a.person_no,
        a.period,
        min(u.used_on) as used_on
    from asked as a
    inner join used as u on a.list_no = u.list_no and a.person_no = u.person_no and a.period >= u.period
    group by a.list_no, a.person_no, a.period
),

judged as not materialized (
    select
        h.*,
        u.used_on,
        coalesce(u.used_on <= h.service_date, false) as used_before
    from hit as h
    left join first_use as u on h.list_no = u.list_no and h.person_no = u.person_no and h.period = u.period
),

open_hit as (
    select *
    from judged
    where not used_before
),

in_need as (
    select line_id, rule_id, subject_code
    from open_hit
    group by line_id, rule_id, subject_code
),

-- few lines are left, so that what other points of the rule say of them is looked up here
need_met as (
    select j.line_id, j.rule_id, j.subject_code
    from judged as j
    inner join in_need as n on j.line_id = n.line_id and j.rule_id = n.rule_id and j.subject_code = n.subject_code
    where j.used_before
    group by j.line_id, j.rule_id, j.subject_code
),

met as (
    select
        h.rule_id, h.subject_code, h.used_on,
        o.quarter as period, o.fixmedins_code, o.setl_id, o.bkkp_sn, o.code as item_code, o.cnt, o.pric, o.amount as gross_amount,
        o.claim_kind, o.service_date,
        k.other_codes, k.valid_from, k.basis_id, r.rule_name,
        coalesce(o.name, k.subject_name, o.code) as item_name,
        row_number() over (
            partition by h.rule_id, o.bkkp_sn order by h.subject_code, k.valid_from, k.other_codes
        ) as place
    from open_hit as h
    left join need_met as n on h.line_id = n.line_id and h.rule_id = n.rule_id and h.subject_code = n.subject_code
    inner join finding.occurrence as o on h.line_id = o.line_id
    inner join finding.kp_companion as k on h.point_no = k.point_no
    inner join finding.rule as r on h.rule_id = r.rule_id
    where n.line_id is null and o.kind = 'item'
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'first_line_later_on': coalesce(cast(used_on as varchar), ''),
        'history_days': cast($history_days as integer),
        'other_codes': other_codes,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat('“', item_name, '”限二线使用，此前未见一线药品的费用，与“', rule_name, '”的情形相符') as reason
from met
where place = 1
